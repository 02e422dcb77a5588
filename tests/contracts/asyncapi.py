"""The Kafka contracts: which topics a service writes and reads, AsyncAPI 3.0."""

from typing import Any

from chassis.kafka.envelope import Message, encode, headers_of, parse
from chassis.kafka.topics import PARTITIONS
from chassis.kernel.ids import Id, derived_id
from chassis.testing.clock import START
from launcher.ports import Ports
from tests.contracts.kit import CONTRACTS, example_file, key_field, read, schema_file, service, topic_of, types_of

_SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
_ABOUT = """\
Every record is a CloudEvent 1.0 in Kafka's binary mode: the attributes are `ce_*` headers, the body is JSON. The key is the
id of the aggregate, so that its facts stay in order; there is no order between aggregates or topics. A fact may come twice:
keep the last `ce_seq` per aggregate and pass over what is not newer. Ignore fields and types you do not know. Topics never
expire."""

HEADERS: dict[str, Any] = {
    "type": "object",
    "required": [
        "ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "ce_dataschema", "ce_seq", "content-type",
    ],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "Of this event; the same when it is sent again"},
        "ce_type": {"type": "string", "description": "Topic, fact and version, such as orders.order.held.v1"},
        "ce_source": {"type": "string", "description": "The service that tells it, such as /orders"},
        "ce_time": {"type": "string", "format": "date-time", "description": "When it happened, in business time"},
        "ce_dataschema": {"type": "string", "description": "Where the body's schema is in the repository"},
        "ce_seq": {
            "type": "string",
            "pattern": "^[1-9][0-9]*$",
            "description": "The aggregate's version after this fact: 1, 2, 3, … without gaps",
        },
        "content-type": {"type": "string", "const": "application/json"},
        "traceparent": {"type": "string", "description": "W3C Trace Context, where the change was traced"},
        "ce_causeid": {"type": "string", "description": "The id of the event that led to this one, where one did"},
    },
}  # fmt: skip


def message_of(type: str, data: Any) -> Message:
    """A record with this body as a reader gets it, through the envelope that the relay writes."""
    aggregate_id = Id(read(example_file(type))[key_field(topic_of(type))])
    headers = headers_of(
        event_id=derived_id(aggregate_id, type),
        type=type,
        source=type.partition(".")[0],
        seq=1,
        occurred_at=START,
        traceparent=None,
        cause_id=None,
    )
    key = str(aggregate_id).encode()
    return parse(topic=topic_of(type), partition=0, offset=0, key=key, headers=headers, body=encode(data))


def read_types(reader: str, topic: str) -> list[str]:
    """The types of a topic that make a service do something."""
    handle = service(reader).inbound[topic]
    return [type for type in types_of(topic) if handle(message_of(type, read(example_file(type)))) is not None]


def document(name: str) -> dict[str, Any]:
    """What a service writes and reads."""
    built = service(name)
    told = {topic: types_of(topic) for topic in built.topics_out}
    heard = {topic: read_types(name, topic) for topic in built.inbound}
    channels = {**told, **{topic: types for topic, types in heard.items() if topic not in told}}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Regrade {name}",
            "version": "1",
            "description": f"{built.description.rstrip('.')}.\n\n{_ABOUT}",
            "license": {"name": "Apache License 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "tags": [{"name": name, "description": built.description}],
        },
        "servers": {"local": {"host": Ports().address("kafka"), "protocol": "kafka", "description": "`make run`"}},
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic, types) for topic, types in channels.items()},
        "operations": {
            **{f"tell_{topic}": _told(topic, types) for topic, types in told.items()},
            **{f"hear_{topic}": _heard(name, topic, types) for topic, types in heard.items()},
        },
        "components": {
            "messages": {type: _message(type) for types in channels.values() for type in types},
            "messageTraits": {"cloud_event": {"contentType": "application/json", "headers": HEADERS}},
        },
    }


def _channel(topic: str, types: list[str]) -> dict[str, Any]:
    return {
        "address": topic,
        "messages": {type: {"$ref": f"#/components/messages/{type}"} for type in types},
        "bindings": {
            "kafka": {
                "topic": topic,
                "partitions": PARTITIONS,
                "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": -1},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _told(topic: str, types: list[str]) -> dict[str, Any]:
    about = f"Every change of a {_spoken(topic)}, one fact per version, in the order in which it happened."
    return {**_operation("send", topic, types), "description": about}


def _operation(action: str, topic: str, types: list[str]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic}"},
        "messages": [{"$ref": f"#/channels/{topic}/messages/{type}"} for type in types],
    }


def _heard(name: str, topic: str, types: list[str]) -> dict[str, Any]:
    group = {"groupId": {"type": "string", "const": name}, "bindingVersion": "0.5.0"}
    passed_over = [type for type in types_of(topic) if type not in types]
    about = f"What {name} acts on when a {_spoken(topic)} changes"
    about += "; it passes over the other facts of the topic." if passed_over else ": every fact of the topic."
    return {**_operation("receive", topic, types), "description": about, "bindings": {"kafka": group}}


def _spoken(topic: str) -> str:
    """`seller order` for `orders.seller_order`."""
    return topic.partition(".")[2].replace("_", " ")


def _message(type: str) -> dict[str, Any]:
    schema = schema_file(type)
    described = read(schema)
    return {
        "name": type,
        "title": type,
        "summary": described["description"],
        "traits": [{"$ref": "#/components/messageTraits/cloud_event"}],
        "payload": {"schemaFormat": _SCHEMA_FORMAT, "schema": {"$ref": f"../{schema.relative_to(CONTRACTS)}"}},
        "bindings": {
            "kafka": {
                "key": {
                    "type": "string",
                    "format": "uuid",
                    "description": f"`{key_field(topic_of(type))}` of the body",
                },
                "bindingVersion": "0.5.0",
            }
        },
    }
