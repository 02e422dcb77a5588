"""Bodies that are no JSON."""

from fastapi import Request

from chassis.web.problems import Problem, media_type_of


async def body_sent_as(request: Request, *media_types: str) -> bytes:
    """The body, if the request says that it is of one of these types; a refusal names the first of them."""
    if media_type_of(request) not in media_types:
        detail = f"Send {media_types[0]}"
        raise Problem(415, "unsupported_media_type", "This media type is not understood here", detail)
    return await request.body()
