"""What is done without anyone asking, and when. All of it is harmless when several workers do it at once."""

from datetime import timedelta

from digihelse_app.jobs.schedule import Job, every
from digihelse_app.services import (
    activity_watch,
    attachments,
    delegation_ending,
    delegation_requests,
    devices,
    export_job,
    notices,
    record_files,
    register_ties,
    sessions,
    visit_watch,
)


def upkeep() -> list[Job]:
    """The jobs of an installation."""
    return [
        every("end sessions that timed out", timedelta(minutes=1), sessions.end_timed_out),
        every("find visits that are late or missed", timedelta(seconds=30), visit_watch.find_late),
        every("drop downloads that are over", timedelta(minutes=5), export_job.purge),
        every("forget devices not used for a year", timedelta(hours=24), devices.forget_old),
        every("drop files that were never sent", timedelta(hours=1), attachments.purge_unsent),
        every("drop files that no message named", timedelta(hours=1), record_files.purge_unnamed),
        # By the date in Norway, told once, and by day. Each hour, so that one which starts at six in the
        # morning makes up for the night.
        every("tell that a service has opened", timedelta(hours=1), notices.notify_opened),
        every(
            "tell for whom others' consent holds", timedelta(hours=1), activity_watch.announce_by_the_clock
        ),
        every(
            "mark what was asked for and never answered",
            timedelta(hours=1),
            delegation_requests.expire_unanswered,
        ),
        every("remind of delegations that run out", timedelta(hours=1), delegation_ending.remind),
        # A few at a time: the jobs are done one after the other, and each of these waits for the register.
        every("read parents in the register again", timedelta(minutes=2), register_ties.read_again),
    ]
