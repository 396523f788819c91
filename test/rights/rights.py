import json
import os
from pathlib import Path
from uuid import uuid4
from zlib import crc32

import schemathesis

# The test writes beside this file who calls, and what there is to aim at.
caller = json.loads(Path("caller.json").read_text())
scopes = set(caller["scopes"])
aims = caller["aims"]
foreign = [word.casefold() for word in caller["foreign"]]
open_routes = {"/patients/health/live", "/patients/health/ready", "/appointments/health/live", "/appointments/health/ready"}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Asks as the caller, and aims about half of all ids and times at what is there: others' as well as the caller's own."""
    case.headers.pop("Authorization", None)
    if caller["hasToken"]:
        case.headers["Authorization"] = os.environ["CLINIC_AUTHORIZATION"]
    # A key used before answers what it answered then, whatever is sent now.
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())
    seed = crc32(repr((case.path, case.path_parameters, case.query, case.body)).encode())
    collection = case.operation.path.split("/{")[0]
    swap(case.path_parameters, {"id": aims["paths"].get(collection)}, seed)
    swap(case.query, aims["fields"], seed >> 3)
    swap(case.body, aims["fields"], seed >> 6)


def swap(values, known, seed):
    for position, name in enumerate(sorted(known)):
        choice = seed // (position * 2 + 1)
        if isinstance(values, dict) and name in values and known[name] and choice % 2:
            values[name] = known[name][(choice >> 1) % len(known[name])]


def needed(operation):
    """The scope an operation asks for; None for one that is open."""
    for requirement in operation.definition.raw.get("security", []):
        for name in requirement.get("oidc", []):
            return name
    return None


def is_by_right(case):
    """A patient may know who saw the own record, whatever the token's scopes."""
    asked = (case.path_parameters or {}).get("id")
    return case.operation.path == "/patients/{id}/access-log" and caller["own"] is not None and asked == caller["own"]


def foreign_words(*texts):
    text = " ".join(texts).casefold()
    return {word for word in foreign if word in text}


@schemathesis.check
def within_rights(context, response, case):
    """Nothing is done without the scope for it."""
    scope = needed(case.operation)
    if scope is None:
        assert case.operation.path in open_routes, "is open to everybody"
    elif scope not in scopes and case.method.upper() == case.operation.method.upper() and not is_by_right(case):
        refusal = 403 if caller["hasToken"] else 401
        assert response.status_code == refusal, f"{response.status_code} instead of {refusal} without {scope}"


@schemathesis.check
def nobody_elses(context, response, case):
    """A patient, or whoever has no token, neither sees nor reaches what is another person's."""
    if not caller["isOutsider"]:
        return
    body = response.request.body or b""
    asked = foreign_words(response.request.url, body if isinstance(body, str) else body.decode(errors="replace"))
    shown = foreign_words(response.text, json.dumps({name: str(value) for name, value in response.headers.items()}))
    if response.status_code < 400:
        assert not asked, "does what was asked of another person's record"
        assert not shown, "shows what is another person's"
    else:
        # A refusal repeats the path it was asked for.
        assert not shown - asked, "shows what is another person's in a refusal"
