"""What a running process answers by: the version in use and what is published, followed while it runs.

Pages and API of one process share one ``Service``. What another process promotes or publishes is taken up without a
restart: versions are looked for every second, the threshold at every answer.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from churn_core.application.ahead import Ahead
from churn_core.application.offer_prices import offer_prices
from churn_core.application.workspace import Preparation, Workspace, open_workspace
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.decisions.offers import OfferPrices
from churn_core.errors import ChurnError, RequestError, StoreError
from churn_core.model.explain import ReasonsOfOne
from churn_core.model.registry import PRODUCTION, Registry
from churn_core.storage.company import company_of
from churn_core.storage.files_seen import FileRecord, ScoredFiles
from churn_core.storage.publications import Decision
from churn_core.storage.store import Store, open_store

log = logging.getLogger(__name__)

_LOOK_EVERY = 1.0  # seconds between two looks at which version is in production
_NOBODY = 1.0  # the threshold where no contact pays: nobody is that sure to leave


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What one answer is decided by, from its beginning to its end. ``prices``: of the limits of the published offers on the customers
    still here, by which a customer is decided alone; ``None`` where no campaign with several offers is published.
    """

    workspace: Workspace
    plan: Plan
    threshold: float
    prices: OfferPrices | None = None

    @cached_property
    def reasons(self) -> ReasonsOfOne:
        """Those of the version, customer by customer."""
        return ReasonsOfOne(self.workspace.version.model, self.workspace.version.schema)


class Service(Preparation):
    """The workspace, once it is prepared, and what answers are decided by. ``problem`` says what is wrong while it still answers.
    ``ahead`` works out what is asked for later, where somebody says what that is.
    """

    def __init__(
        self,
        home: Path,
        report: Callable[[str], None] = lambda sentence: None,
        training: Literal["never", "first", "always"] = "always",
        look_every: float = _LOOK_EVERY,
    ) -> None:
        super().__init__(home, report, training)
        self.home, self._of_version, self._of_database = Path(home), "", ""
        self._look_every, self._closed, self._looking = look_every, threading.Event(), threading.Lock()
        self.ahead = Ahead(lambda: self.workspace, self._closed, look_every)
        self._seen = self._production()
        self._store: Store | None = None
        self._kept: tuple[int, Decision, Basis] | None = None

    @property
    def problem(self) -> str:
        return " ".join(each for each in (self._of_version, self._of_database) if each)

    @property
    def not_ready(self) -> str:
        """Why there is no usable version yet, or what is being done about it."""
        doing = self.steps[-1] if self.steps else "Starting …"
        return self.error or f"Not ready yet: {doing} Try again in a few seconds."

    def start(self) -> "Service":
        super().start()
        threading.Thread(target=self._follow, name="follow", daemon=True).start()
        return self

    def again(self) -> None:
        """Prepare it once more where that failed; pages, API and ``ahead`` go on with what comes of it."""
        with self._looking:
            if self.finished.is_set() and self.result is None:
                super().start()

    def close(self) -> None:
        self._closed.set()

    # The version in use

    def _follow(self) -> None:
        self.finished.wait()
        while not self._closed.wait(self._look_every):
            self.look()

    def look(self) -> None:
        """Take up what is in production, if it has changed, or if there is nothing usable yet. What is in use stays in use
        until the next is ready, and where that cannot be used.
        """
        with self._looking:
            now = self._production()
            if not self.finished.is_set() or (now == self._seen and self.result is not None):
                return
            try:
                opened = open_workspace(self.home, training="never")
                fallen_back = opened.version.model_id != Registry(self.home / "models").production_id()
                self._of_version = f"The version in production cannot be used. {opened.notices[0]}" if fallen_back else ""
                self.result, self.error = opened, ""
            except Exception as error:  # whatever is wrong with a version, the next one has to be followed
                reason = str(error) if isinstance(error, ChurnError | OSError) else "Its files are incomplete."
                if self.result is None:
                    if now is not None:  # else the start has said why there is nothing
                        self.error = reason
                else:
                    self._of_version = f"The version in production cannot be used, the one before it is. {reason}"
                    log.warning("The version in production cannot be used.", extra={"reason": reason})
            self._seen = now

    def _production(self) -> tuple[int, int, int] | None:
        """What tells one state of production.json from another."""
        try:
            found = (self.home / "models" / PRODUCTION).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    # What answers are decided by

    @property
    def store(self) -> Store:
        """The database, opened on first use. Raises ``StoreError`` where it cannot be used."""
        if self._store is None:
            self._store = open_store(self.home)
        return self._store

    def last_file(self) -> FileRecord | None:
        """The last file of these customers that was scored or checked, by anybody; ``None`` for none, and where the database cannot
        be asked.
        """
        if self.workspace is None:
            return None
        try:
            return next(iter(ScoredFiles(self.store.of(self.workspace.schema)).latest(1)), None)
        except StoreError:
            return None

    def basis(self) -> Basis:
        """What answers are decided by now; where the database cannot be asked, by what was published when it last could be.
        What is published for other customers than those of the version in use is not used.

        Without anything published it is the threshold that earns most on the customers still here at the default campaign.
        Raises ``RequestError`` (503) while there is no usable version.
        """
        workspace = self.workspace
        if workspace is None:
            raise RequestError(self.not_ready, status=503)
        try:
            latest, kept = self.store.latest(), self._kept  # read once: another thread may put another in its place
            if kept is None or kept[0] != latest or kept[2].workspace is not workspace:
                decision = self.store.of(workspace.schema).decision(Plan())
                self._kept = kept = latest, decision, self._asked(workspace, decision)
            self._of_database = ""
        except StoreError as error:
            self._of_database, kept = str(error), self._kept
            if kept is None:
                raise RequestError(str(error), status=503) from error
            before = kept[2].workspace
            if before is not workspace:
                same = company_of(before.schema) == company_of(workspace.schema)
                decision = kept[1] if same else Decision(plan=Plan())
                self._kept = kept = kept[0], decision, self._asked(workspace, decision)
        return kept[2]

    def _asked(self, workspace: Workspace, decision: Decision) -> Basis:
        threshold = decision.threshold
        if threshold is None:
            best = best_threshold(workspace.still_here.expected_sweep, decision.plan.campaign, decision.plan.objective)
            threshold = _NOBODY if best.threshold is None else best.threshold
        prices = offer_prices(workspace, decision.plan)
        return Basis(workspace=workspace, plan=decision.plan, threshold=threshold, prices=prices)

    def update_threshold(self, threshold: float, reason: str, who: str) -> tuple[float, float]:
        """Publish a threshold; the one before it and the new one. Durable when this returns."""
        unpublished = self.basis()
        store = self.store.of(unpublished.workspace.schema)
        publication = store.publish(threshold, who=who, reason=reason, source="API")
        before = store.threshold_before(publication)
        return unpublished.threshold if before is None else before, float(threshold)
