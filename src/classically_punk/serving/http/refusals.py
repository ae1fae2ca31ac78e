"""Every error has one form: a status, a code for programs, and a sentence for people."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from classically_punk.contracts.faults import Fault

_OF_FAULTS = {
    Fault.UNSUPPORTED: (415, "unsupported_media"),
    Fault.NOT_AUDIO: (415, "unsupported_media"),
    Fault.TOO_LONG: (413, "too_long"),
    Fault.TOO_SLOW: (422, "too_hard"),
    Fault.DECODER_CRASHED: (422, "undecodable"),
    Fault.CORRUPT: (422, "undecodable"),
}


class Refused(Exception):  # noqa: N818 - it describes a request
    """A request that gets no answer. sentence : what is wrong, and the way out; fault : of the file, if it is that;
    close : whether the connection ends with it, because the rest of the request is not read"""

    def __init__(
        self,
        status: int,
        code: str,
        sentence: str,
        *,
        fault: Fault | None = None,
        headers: Mapping[str, str] | None = None,
        close: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.sentence = sentence
        self.fault = fault
        self.headers = {**(headers or {}), **({"Connection": "close"} if close else {})}

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"error": self.sentence, "code": self.code}
        return found if self.fault is None else {**found, "fault": self.fault}

    def response(self) -> JSONResponse:
        return JSONResponse(self.as_json(), self.status, headers=self.headers)


def of_fault(fault: Fault, detail: str) -> Refused:
    """What a request is told of a file without an answer: 415 for no audio that is read here, 413 for too much of it,
    422 for the rest."""
    status, code = _OF_FAULTS.get(fault, (422, "no_music"))
    return Refused(status, code, detail, fault=fault)


def busy(sentence: str, *, after: int = 1, close: bool = False) -> Refused:
    return Refused(503, "busy", sentence, headers={"Retry-After": str(after)}, close=close)
