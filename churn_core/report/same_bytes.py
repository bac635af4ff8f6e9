"""An office file without the clock in it, so that the same content is the same bytes."""

import re
import zipfile
from datetime import datetime
from io import BytesIO

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP archive can hold
_WRITTEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms)")


def with_fixed_dates(archive: bytes, at: datetime) -> bytes:
    """The ``archive`` with one date for all its members and ``at`` as the time it was written; the workbooks behind its charts too."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(archive)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".xlsx"):
                content = with_fixed_dates(content, at)
            elif name.endswith("core.xml"):
                content = _WRITTEN.sub(rb"\g<1>" + f"{at:%Y-%m-%dT%H:%M:%SZ}".encode() + rb"\g<2>", content)
            member = zipfile.ZipInfo(name, _EARLIEST)
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, content)
    return written.getvalue()
