"""Automations as code: what the Prefect server does by itself when a run dies, a source falls silent or units fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ActionTypes, ChangeFlowRunState, DoNothing, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

from flows.observe import FAILED_EVENT, VOLUME_EVENT
from flows.setting import HEARTBEAT_SECONDS

PATIENCE = timedelta(seconds=10 * HEARTBEAT_SECONDS)
"""Ten heartbeats: a starved machine may miss some; a killed run is marked within six minutes."""

_ENDED = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}
_HEARTBEAT = "prefect.flow-run.heartbeat"

Change = Literal["created", "updated", "current"]


def wanted_automations(notify: UUID | None = None, patience: timedelta = PATIENCE) -> list[AutomationCore]:
    """The automations of columninch; *notify* is the id of a notification block that alarms go to.

    Without one, alarms stand in the server's event feed.
    """
    return [_zombies(patience), *(_alarm(*one, notify) for one in _ALARMS)]


def _zombies(patience: timedelta) -> AutomationCore:
    return AutomationCore(
        name="columninch: killed runs are marked Crashed",
        description="A flow run whose heartbeat has stopped was killed; nobody else would say so.",
        trigger=EventTrigger(
            after={_HEARTBEAT},
            expect={_HEARTBEAT, *_ENDED},
            match={"prefect.resource.id": ["prefect.flow-run.*"]},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=patience,
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                message="The run's heartbeat has stopped: its process was killed or its machine is gone.",
            )
        ],
    )


_ALARMS = (
    (
        "columninch: a source is far under its usual count",
        "The crawl had a gap or a site changed; trends of these days are marked.",
        VOLUME_EVENT,
        "columninch.source.*",
        "{{ event.resource.name }}: {{ event.payload.kept }} articles on {{ event.payload.day }}, usually {{ event.payload.expected }}",
    ),
    (
        "columninch: units failed",
        "The same command, or the next scheduled run, tries them again.",
        FAILED_EVENT,
        "columninch.lake.*",
        "{{ event.payload.failed | length }} of {{ event.payload.units }} units failed in {{ event.resource.name }}",
    ),
)


def _alarm(
    name: str, about: str, event: str, resource: str, text: str, notify: UUID | None
) -> AutomationCore:
    action: ActionTypes = (
        SendNotification(block_document_id=notify, subject=name, body=text)
        if notify is not None
        else DoNothing()
    )
    return AutomationCore(
        name=name,
        description=about,
        trigger=EventTrigger(
            expect={event},
            match={"prefect.resource.id": resource},
            for_each={"prefect.resource.id"},
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(0),
        ),
        actions=[action],
    )


def apply_automations(client: SyncPrefectClient, wanted: Sequence[AutomationCore]) -> dict[str, Change]:
    """Make the server have just these under their names; returns what was done to each.  Others are left alone."""
    done: dict[str, Change] = {}
    for one in wanted:
        known = client.read_automations_by_name(one.name)
        if not known:
            client.create_automation(one)
            done[one.name] = "created"
        elif _plain(known[0]) == _plain(one):
            done[one.name] = "current"
        else:
            client.update_automation(known[0].id, one)
            done[one.name] = "updated"
    return done


def _plain(automation: AutomationCore) -> object:
    """What matters of an automation, without the ids that the server gives."""
    plain = automation.model_dump(mode="json", include=set(AutomationCore.model_fields))
    plain["trigger"].pop("id", None)
    for name in ("after", "expect", "for_each"):
        plain["trigger"][name] = sorted(plain["trigger"][name])
    return plain
