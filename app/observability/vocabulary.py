"""What may stand in the logs: the names of the events and of their fields, no other.

Whoever adds one asks first whether its values can tell of a person, a case or a secret.
"""

EVENTS = {
    "request": "A request was answered, or its caller went away (no status).",
    "started": "The service takes requests.",
    "stopped": "The service has answered its last request and committed all it took.",
    "not_ready": "The service runs, and is not ready until settings are made.",
    "start_failed": "The service could not start.",
    "migrated": "The schema of the database was brought to this version.",
    "database_away": "The database does not answer; told once until it does again.",
    "database_back": "The database answers again.",
    "database_restarted": "The embedded database had died and was launched again.",
    "transaction_failed": "The database refused for a passing reason: `error` tells.",
    "look_not_written": "A look at cases could not be written; nothing was shown.",
    "key_from_elsewhere": "A good key came from outside its networks, in vain.",
    "signed_in": "Somebody has signed in.",
    "sign_in_refused": "Somebody was not let in.",
    "signed_out": "Somebody has signed out.",
    "checkpoint_failed": "No checkpoint could be written; told once for each reason.",
    "checkpoint_line_cut": "A line that a crash had torn was cut off the checkpoints.",
    "checkpoints_lost": "The file of checkpoints lacks some that it has had.",
    "failed": "Something of ours ended with an error that nobody had foreseen.",
    "library": "A library said something; only texts that we know are repeated.",
}

FIELDS = {
    "time": "when, in UTC",
    "level": "`info`, `warning` or `error`",
    "event": "which of the events below",
    "request_id": "the number of the request, as in its answer's `X-Request-Id`",
    "client_request_id": "the caller's own number, if it sent a UUID as `X-Request-Id`",
    "method": "the method, or `other`",
    "route": "the template of the address, as in the API's documentation, or `none`",
    "status": "the status of the answer",
    "problem": "what it was refused for, as in the `type` of the answer",
    "duration_ms": "from the head of the request to the end of its answer",
    "caller": "the id of the key, or the pseudonym of the person",
    "error": "the class of the error",
    "causes": "the classes of the errors behind it",
    "frames": "where in our code it came about, the innermost last",
    "reason": "why, in words that are all ours or the system's",
    "file": "which file of the operator's",
    "logger": "the library's logger",
    "where": "where in the library",
    "text": "what the library said, if it is a text that we know",
    "version": "the version of the service, or of the schema",
}

# What libraries say without a value in it, and an operator has use for.
LIBRARY_TEXTS = frozenset(
    {
        "Exception in ASGI application",
        "Invalid HTTP request received.",
        "Unsupported upgrade request.",
        "Exceeded concurrency limit.",
        "Cancel %s running task(s), timeout graceful shutdown exceeded",
        "Application startup failed. Exiting.",
        "ASGI callable returned without starting response.",
        "ASGI callable returned without completing response.",
    }
)
