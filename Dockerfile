# Two stages: wheels are fetched in the first, the second carries neither caches nor build tools.
FROM python:3.11.14-slim-bookworm AS packages
COPY requirements.txt .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

FROM python:3.11.14-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CHURN_HOME=/state
# LightGBM, one of the candidates, needs the OpenMP library of the system.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home churn && install -d -o churn -g churn /state
COPY --from=packages /venv /venv
WORKDIR /app
COPY .streamlit/config.toml .streamlit/config.toml
COPY app.py ./
COPY pages pages
COPY churn_core churn_core
# Whoever runs it may not write beside the code, and a command would compile it again at every start: a fifth of a second.
RUN python -m compileall -q app.py pages churn_core
# The comparison of candidates, which the page Model shows: the only file of models/ that is no state.
COPY models/comparison.json models/comparison.json
USER churn
# Data and models live on the volume: fetched and trained on the first start, found again on the next.
VOLUME /state
EXPOSE 8501
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/health', timeout=4)"]
# Published ports reach the container on its own address. Without a login it says at its start that others may look. Browsers name localhost; other names: CHURN_ALLOWED_HOSTS (OPERATING.md).
CMD ["streamlit", "run", "app.py", "--server.port=8501", "--server.address=0.0.0.0"]
