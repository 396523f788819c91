from uuid import uuid4

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """Gives requests keys of their own: one used before answers what it answered then, whatever is sent now."""
    header = case.meta and case.meta.components.get("header")
    if header and header.mode.is_positive and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())
