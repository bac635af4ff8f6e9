"""The JSON API: an ASGI application that answers beside the dashboard on one port, or alone."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from churn_core.workspace import Preparation

PATHS = ("/health",)


def create_api(preparation: Preparation) -> Starlette:
    """The API over what ``preparation`` prepares. ``GET /health``: 200 with the model in use, 503 with the reason."""

    def health(request: Request) -> JSONResponse:
        workspace = preparation.workspace
        if workspace is None:
            doing = preparation.steps[-1] if preparation.steps else "Starting …"
            reason = preparation.error or f"Not ready yet: {doing} Try again in a few seconds."
            return JSONResponse({"status": "unavailable", "model_loaded": False, "error": reason}, status_code=503)
        return JSONResponse(
            {
                "status": "healthy",
                "model_version": "production",
                "model_loaded": True,
                "model_id": workspace.version.model_id,
                "customers": len(workspace.customers),
                "generated_customers": workspace.dataset.generated,
            }
        )

    def refused(request: Request, error: HTTPException) -> JSONResponse:
        sentence = {404: "There is nothing at this path.", 405: f"{request.method} is not for this path."}
        mend = f"{sentence.get(error.status_code, error.detail)} The API answers: GET /health"
        return JSONResponse({"error": mend}, status_code=error.status_code, headers=error.headers)

    return Starlette(routes=[Route("/health", health, methods=["GET"])], exception_handlers={HTTPException: refused})
