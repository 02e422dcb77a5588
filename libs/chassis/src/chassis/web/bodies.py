"""Bodies that are no JSON."""

from fastapi import Request

from chassis.web.problems import media_type_of, unsupported_media_type


async def body_sent_as(request: Request, *media_types: str) -> bytes:
    """The body, if the request says that it is of one of these types; a refusal names the first of them."""
    if media_type_of(request) not in media_types:
        raise unsupported_media_type(f"Send {media_types[0]}")
    return await request.body()
