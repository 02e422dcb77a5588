"""Traces: spans are made everywhere, and exported where OTEL_EXPORTER_OTLP_ENDPOINT says so."""

import os

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON


def configure_traces(service: str) -> None:
    """Install a tracer provider; without an endpoint the context still travels through HTTP, outbox and Kafka."""
    exported = bool(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"))
    # Ids are needed always; recording what nobody will ever read is not.
    sampler = ALWAYS_ON if exported else ALWAYS_OFF
    provider = TracerProvider(sampler=sampler, resource=Resource.create({"service.name": service}))
    if exported:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
