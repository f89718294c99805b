"""How a node is run: its links, place, replicas and batches, and what follows its death."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from wugan.duration import to_ns
from wugan.errors import DataError, PipelineError

Policies = Literal["block", "drop_oldest", "latest"]


def _is_duration(value: str | float) -> str | float:
    try:
        to_ns(value)
    except DataError as error:
        raise ValueError(str(error)) from error
    return value


Duration = Annotated[str | float, AfterValidator(_is_duration)]


if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)  # not public by name


class _Checked(ModelMetaclass):
    def __call__(cls, *arguments: Any, **values: Any) -> Any:
        """Make one in Python; inside a pipeline file Pydantic says which node and field is wrong."""
        try:
            return super().__call__(*arguments, **values)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"]))
            raise PipelineError(f"{cls.__name__}.{field}: {first['msg']}, got {first['input']!r}") from error


class _Options(BaseModel, metaclass=_Checked):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LinkConfig(_Options):
    """How a link behaves when its reader is slower than its writer.

    Attributes:
        policy: `block` the writer, `drop_oldest`, or keep only the `latest`.
        capacity: packets that may wait.
        max_bytes: payload bytes that may wait (one packet may always wait, however large).
    """

    policy: Policies = "block"
    capacity: int = Field(default=64, ge=1)
    max_bytes: int = Field(default=256 * 1024 * 1024, ge=1)

    @property
    def limit(self) -> int:
        """Packets that may wait under this policy."""
        return 1 if self.policy == "latest" else self.capacity

    def full(self, waiting: int, waiting_bytes: int, size: int) -> bool:
        """Whether a packet of `size` bytes has no room beside those that wait."""
        return waiting >= self.limit or (waiting > 0 and waiting_bytes + size > self.max_bytes)


class BatchConfig(_Options):
    """How an encoder's packets are gathered into one call.

    Attributes:
        max_size: packets in one call at most.
        max_wait: how long the first of them waits for others.
        shared: name of an encoder that several nodes or pipelines use together; `None` keeps it to this node.
    """

    max_size: int = Field(default=8, ge=1)
    max_wait: Duration = "5ms"
    shared: str | None = None


class Placement(_Options):
    """Where a node's actor runs on a Ray cluster; without any, beside the driver.

    Attributes:
        num_cpus: CPUs that Ray reserves for it.
        num_gpus: GPUs that Ray reserves for it.
        labels: labels that its machine must have (`ray start --labels`).
        resources: custom resources that Ray reserves for it.
    """

    num_cpus: float = Field(default=0, ge=0)
    num_gpus: float = Field(default=0, ge=0)
    labels: dict[str, str] = Field(default_factory=dict)
    resources: dict[str, float] = Field(default_factory=dict)


class RestartPolicy(_Options):
    """What follows when a node's process dies or its device is lost.

    Attributes:
        max_restarts: restarts within `window`; one death more ends the run.
        window: the time in which they are counted.
        backoff: pause before the first restart; each further one within the window doubles it, up to 30 s.
    """

    max_restarts: int = Field(default=5, ge=0)
    window: Duration = "60s"
    backoff: Duration = "0ms"


class NodeOptions(_Options):
    """How one node is run.

    Attributes:
        link: the queue in front of each of its ports.
        batch: for an encoder, how packets are gathered into one call.
        replicas: copies of it that work side by side; what comes out keeps the order.
        place: where its actor runs.
        restart: what follows its death; `None` takes the runtime's policy.
        latency: for a source, the time from the event to the stamp that it gives; taken off the stamps.
        max_failed_share: share of its packets that may fail, 0…1. More, judged from the 20th packet on, end the run,
            and so does a stream all of whose packets failed. 0 lets none fail, 1 all.
    """

    link: LinkConfig = LinkConfig()
    batch: BatchConfig | None = None
    replicas: int = Field(default=1, ge=1)
    place: Placement | None = None
    restart: RestartPolicy | None = None
    latency: Duration = 0
    max_failed_share: float = Field(default=0.1, ge=0, le=1)


class OptionsOf(TypedDict, total=False):
    """What the composing methods of `Pipeline` take beside a component and its inputs; see `NodeOptions`."""

    link: LinkConfig | Policies | None
    batch: BatchConfig | int | None
    replicas: int
    place: Placement | None
    restart: RestartPolicy | None
    latency: str | float
    max_failed_share: float


def node_options(given: OptionsOf) -> NodeOptions:
    """Check options as they are given in Python: a link by its policy's name, a batch by its size.

    Raises:
        PipelineError: an option is unknown or has a wrong value; names it.
    """
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    link = values.get("link")
    if isinstance(link, str):
        if link not in get_args(Policies):
            raise PipelineError(
                f"link {link!r} is unknown: choose {', '.join(get_args(Policies))}, or give a LinkConfig"
            )
        values["link"] = LinkConfig(policy=link)
    if isinstance(values.get("batch"), int):
        values["batch"] = BatchConfig(max_size=values["batch"])
    return NodeOptions(**values)


def option_problems(name: str, kind: str, component: Any, options: NodeOptions) -> list[str]:
    """What is wrong with the options of a node of this kind (see `Ports.kind`), for the user."""
    problems = []
    article = "an" if kind == "encoder" else "a"
    if kind == "source" and options.link != LinkConfig():
        problems.append(f"node {name!r} is a source and has no link in front of it: give `link` to those that read it")
    if kind != "source" and to_ns(options.latency):
        problems.append(f"node {name!r} is {article} {kind}: `latency` is for a source, whose stamps it corrects")
    if kind != "encoder" and options.batch is not None:
        problems.append(f"node {name!r} is a {kind}: `batch` is for an encoder, which takes several packets at once")
    if options.replicas > 1:
        if kind in ("source", "join", "sink"):
            problems.append(f"node {name!r} is a {kind}, of which there is one: leave `replicas` out")
        elif kind == "stage" and not getattr(component, "stateless", False):
            problems.append(
                f"node {name!r}: `replicas` would give each copy of {type(component).__name__} a part of the stream; "
                "if it keeps nothing between packets, set `stateless = True` in its class, else leave `replicas` out"
            )
    return problems
