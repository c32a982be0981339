"""the first tables

Revision: 0001, after
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "logintransaction",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("code_verifier", sa.String(), nullable=False),
        sa.Column("return_path", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prompt_login", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_logintransaction")),
    )
    with op.batch_alter_table("logintransaction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_logintransaction_browser_hash"), ["browser_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_logintransaction_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("her_id", sa.String(length=20), nullable=False),
        sa.Column("organisation_number", sa.String(length=9), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("fhir_base_url", sa.String(), nullable=False),
        sa.Column("activity_offset", sa.Integer(), nullable=False),
        sa.Column("activity_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("her_id", name=op.f("uq_organisation_her_id")),
        sa.UniqueConstraint("organisation_number", name=op.f("uq_organisation_organisation_number")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("national_id_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("national_id_index", sa.String(length=64), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("address_protected", sa.Boolean(), nullable=False),
        sa.Column("deceased", sa.Boolean(), nullable=False),
        sa.Column("register_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("self_inactive_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("national_id_index", name=op.f("uq_person_national_id_index")),
    )
    op.create_table(
        "activitychange",
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_activitychange_person_id_person")
        ),
        sa.PrimaryKeyConstraint("offset", name=op.f("pk_activitychange")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("activitychange", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activitychange_person_id"), ["person_id"], unique=False)

    op.create_table(
        "calendarfeed",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_calendarfeed_actor_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendarfeed_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendarfeed")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendarfeed_secret_hash")),
    )
    with op.batch_alter_table("calendarfeed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendarfeed_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calendarfeed_person_id"), ["person_id"], unique=False)

    op.create_table(
        "careservice",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("opening_hours", sa.JSON(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("reply_working_days", sa.Integer(), nullable=True),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("shows_visits", sa.Boolean(), nullable=False),
        sa.Column("shares_names", sa.Boolean(), nullable=False),
        sa.Column("cancel_working_days", sa.Integer(), nullable=False),
        sa.Column("cancel_before", sa.Time(), nullable=True),
        sa.Column("missed_after_minutes", sa.Integer(), nullable=False),
        sa.Column("emergency_text", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_careservice_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_careservice")),
        sa.UniqueConstraint(
            "organisation_id", "external_id", name=op.f("uq_careservice_organisation_id_external_id")
        ),
    )
    with op.batch_alter_table("careservice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_careservice_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("given_by", sa.String(length=36), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=36), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_consent_given_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name=op.f("fk_consent_withdrawn_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_person_id"), ["person_id"], unique=False)

    op.create_table(
        "dataexport",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_dataexport_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataexport")),
    )
    with op.batch_alter_table("dataexport", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dataexport_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dataexport_status"), ["status"], unique=False)

    op.create_table(
        "draft",
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.String(length=36), nullable=False),
        sa.Column("recipient", sa.String(length=36), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_draft_actor_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id_person")),
        sa.PrimaryKeyConstraint("actor_id", "person_id", "place", name=op.f("pk_draft")),
    )
    op.create_table(
        "fhirresource",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("resource_type", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("proxy_id", sa.String(length=36), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fhirresource_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_fhirresource_person_id_person")),
        sa.ForeignKeyConstraint(["proxy_id"], ["person.id"], name=op.f("fk_fhirresource_proxy_id_person")),
        sa.PrimaryKeyConstraint(
            "organisation_id", "resource_type", "resource_id", name=op.f("pk_fhirresource")
        ),
    )
    with op.batch_alter_table("fhirresource", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fhirresource_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fhirresource_proxy_id"), ["proxy_id"], unique=False)
        batch_op.create_index(
            "ix_fhirresource_updated", ["organisation_id", "resource_type", "updated_at"], unique=False
        )

    op.create_table(
        "knowndevice",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("device_hash", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_knowndevice_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "device_hash", name=op.f("pk_knowndevice")),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("provider_sid", sa.String(length=200), nullable=True),
        sa.Column("acr", sa.String(length=80), nullable=False),
        sa.Column("auth_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id_token_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_login_session_actor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_login_session_secret_hash")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_session_provider_sid"), ["provider_sid"], unique=False)

    op.create_table(
        "mailbox",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("reader_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mailbox_person_id_person")),
        sa.ForeignKeyConstraint(["reader_id"], ["person.id"], name=op.f("fk_mailbox_reader_id_person")),
        sa.PrimaryKeyConstraint("person_id", "reader_id", name=op.f("pk_mailbox")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id_person")),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_notice_recipient_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_notice_subject", ["recipient_id", "subject_id", "created_at"], unique=False)

    op.create_table(
        "noticechoice",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_noticechoice_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_noticechoice")),
    )
    op.create_table(
        "outboxitem",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_outboxitem_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outboxitem")),
    )
    with op.batch_alter_table("outboxitem", schema=None) as batch_op:
        batch_op.create_index("ix_outboxitem_due", ["status", "next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outboxitem_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "representation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("represented_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by", sa.String(length=36), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=36), nullable=True),
        sa.Column("end_reason", sa.String(length=40), nullable=True),
        sa.Column("replaces_id", sa.String(length=36), nullable=True),
        sa.Column("organisation_id", sa.String(length=36), nullable=True),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_representation_actor_id_person")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_representation_ended_by_person")),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_representation_given_by_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_representation_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["representation.id"], name=op.f("fk_representation_replaces_id_representation")
        ),
        sa.ForeignKeyConstraint(
            ["represented_id"], ["person.id"], name=op.f("fk_representation_represented_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representation")),
    )
    with op.batch_alter_table("representation", schema=None) as batch_op:
        batch_op.create_index("ix_representation_external", ["organisation_id", "external_id"], unique=False)
        batch_op.create_index("ix_representation_given", ["represented_id", "ended_at"], unique=False)
        batch_op.create_index("ix_representation_held", ["actor_id", "ended_at"], unique=False)
        batch_op.create_index("ix_representation_key", ["key", "actor_id"], unique=False)

    op.create_table(
        "setupfailure",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_setupfailure_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_setupfailure_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "organisation_id", name=op.f("pk_setupfailure")),
    )
    op.create_table(
        "visitreading",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("reader_id", sa.String(length=36), nullable=False),
        sa.Column("seen_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_visitreading_person_id_person")),
        sa.ForeignKeyConstraint(["reader_id"], ["person.id"], name=op.f("fk_visitreading_reader_id_person")),
        sa.PrimaryKeyConstraint("person_id", "reader_id", name=op.f("pk_visitreading")),
    )
    op.create_table(
        "accesslogentry",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.Column("organisation_id", sa.String(length=36), nullable=True),
        sa.Column("represented_id", sa.String(length=36), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("representation_id", sa.String(length=36), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_accesslogentry_actor_id_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_accesslogentry_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["representation_id"],
            ["representation.id"],
            name=op.f("fk_accesslogentry_representation_id_representation"),
        ),
        sa.ForeignKeyConstraint(
            ["represented_id"], ["person.id"], name=op.f("fk_accesslogentry_represented_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accesslogentry")),
    )
    with op.batch_alter_table("accesslogentry", schema=None) as batch_op:
        batch_op.create_index("ix_accesslogentry_represented", ["represented_id", "at", "id"], unique=False)

    op.create_table(
        "carerelation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_carerelation_person_id_person")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["careservice.id"], name=op.f("fk_carerelation_service_id_careservice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carerelation")),
        sa.UniqueConstraint("service_id", "external_id", name=op.f("uq_carerelation_service_id_external_id")),
    )
    with op.batch_alter_table("carerelation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_carerelation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "dataexportcontent",
        sa.Column("export_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["dataexport.id"], name=op.f("fk_dataexportcontent_export_id_dataexport")
        ),
        sa.PrimaryKeyConstraint("export_id", "position", name=op.f("pk_dataexportcontent")),
    )
    op.create_table(
        "delegationrequest",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("asker_id", sa.String(length=36), nullable=False),
        sa.Column("grantor_id", sa.String(length=36), nullable=True),
        sa.Column("grantor_name", sa.String(length=200), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("representation_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["person.id"], name=op.f("fk_delegationrequest_asker_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["grantor_id"], ["person.id"], name=op.f("fk_delegationrequest_grantor_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["representation_id"],
            ["representation.id"],
            name=op.f("fk_delegationrequest_representation_id_representation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegationrequest")),
    )
    with op.batch_alter_table("delegationrequest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegationrequest_asker_id"), ["asker_id"], unique=False)
        batch_op.create_index("ix_delegationrequest_grantor", ["grantor_id", "status"], unique=False)

    op.create_table(
        "mandate",
        sa.Column("representation_id", sa.String(length=36), nullable=False),
        sa.Column("jws", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["representation_id"],
            ["representation.id"],
            name=op.f("fk_mandate_representation_id_representation"),
        ),
        sa.PrimaryKeyConstraint("representation_id", name=op.f("pk_mandate")),
    )
    op.create_table(
        "thread",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("category_name", sa.String(length=100), nullable=False),
        sa.Column("reply_due_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_from_service_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_from_citizen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("preview", sa.String(length=200), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("access_tag", sa.String(length=40), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_thread_person_id_person")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["careservice.id"], name=op.f("fk_thread_service_id_careservice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
        sa.UniqueConstraint("service_id", "external_id", name=op.f("uq_thread_service_id_external_id")),
    )
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.create_index("ix_thread_inbox", ["person_id", "last_message_at", "id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("cancel_reason", sa.String(length=40), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_window", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("instruction", sa.String(length=1000), nullable=False),
        sa.Column("who_role", sa.String(length=100), nullable=False),
        sa.Column("who_name", sa.String(length=200), nullable=False),
        sa.Column("who_key", sa.String(length=64), nullable=False),
        sa.Column("essential", sa.Boolean(), nullable=False),
        sa.Column("recurring", sa.Boolean(), nullable=False),
        sa.Column("cancel_right", sa.String(length=40), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("access_tag", sa.String(length=40), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_visit_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_visit_person_id_person")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["careservice.id"], name=op.f("fk_visit_service_id_careservice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint(
            "organisation_id", "external_id", name=op.f("uq_visit_organisation_id_external_id")
        ),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index("ix_visit_agenda", ["person_id", "starts_at", "id"], unique=False)
        batch_op.create_index(
            "ix_visit_service", ["person_id", "service_id", "starts_at", "id"], unique=False
        )
        batch_op.create_index("ix_visit_watch", ["status", "ends_at"], unique=False)

    op.create_table(
        "cancellation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("representation_id", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("period_id", sa.String(length=36), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("visit_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("delivered_version", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_cancellation_actor_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_cancellation_person_id_person")),
        sa.ForeignKeyConstraint(
            ["representation_id"],
            ["representation.id"],
            name=op.f("fk_cancellation_representation_id_representation"),
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_cancellation_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellation")),
        sa.UniqueConstraint(
            "actor_id",
            "idempotency_key",
            "visit_id",
            name=op.f("uq_cancellation_actor_id_idempotency_key_visit_id"),
        ),
    )
    with op.batch_alter_table("cancellation", schema=None) as batch_op:
        batch_op.create_index("ix_cancellation_period", ["person_id", "period_id"], unique=False)
        batch_op.create_index("ix_cancellation_visit", ["visit_id", "requested_at"], unique=False)

    op.create_table(
        "circlenote",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("thread_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("representation_id", sa.String(length=36), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_circlenote_author_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_circlenote_person_id_person")),
        sa.ForeignKeyConstraint(
            ["representation_id"],
            ["representation.id"],
            name=op.f("fk_circlenote_representation_id_representation"),
        ),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_circlenote_thread_id_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circlenote")),
        sa.UniqueConstraint(
            "author_id", "idempotency_key", name=op.f("uq_circlenote_author_id_idempotency_key")
        ),
    )
    with op.batch_alter_table("circlenote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_circlenote_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_circlenote_thread", ["thread_id", "written_at", "id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("thread_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("author_role", sa.String(length=40), nullable=True),
        sa.Column("representation_id", sa.String(length=36), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=True),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("reply_due_on", sa.Date(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_progress_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_message_author_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id_person")),
        sa.ForeignKeyConstraint(
            ["representation_id"],
            ["representation.id"],
            name=op.f("fk_message_representation_id_representation"),
        ),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_message_thread_id_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "author_id", "idempotency_key", name=op.f("uq_message_author_id_idempotency_key")
        ),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_thread", ["thread_id", "sent_at", "id"], unique=False)

    op.create_table(
        "threadreading",
        sa.Column("thread_id", sa.String(length=36), nullable=False),
        sa.Column("reader_id", sa.String(length=36), nullable=False),
        sa.Column("read_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_from_service_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("awaits_reply", sa.Boolean(), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("away", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_threadreading_person_id_person")),
        sa.ForeignKeyConstraint(["reader_id"], ["person.id"], name=op.f("fk_threadreading_reader_id_person")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["careservice.id"], name=op.f("fk_threadreading_service_id_careservice")
        ),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_threadreading_thread_id_thread")),
        sa.PrimaryKeyConstraint("thread_id", "reader_id", name=op.f("pk_threadreading")),
    )
    with op.batch_alter_table("threadreading", schema=None) as batch_op:
        batch_op.create_index(
            "ix_threadreading_list",
            ["reader_id", "person_id", "away", "last_message_at", "thread_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_threadreading_service",
            ["reader_id", "person_id", "service_id", "away", "last_message_at", "thread_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_threadreading_unread",
            ["reader_id", "person_id", "away", "unread", "last_message_at", "thread_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_threadreading_waiting",
            ["reader_id", "person_id", "away", "awaits_reply", "last_message_at", "thread_id"],
            unique=False,
        )

    op.create_table(
        "threadtaking",
        sa.Column("thread_id", sa.String(length=36), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_threadtaking_actor_id_person")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_threadtaking_thread_id_thread")),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_threadtaking")),
    )
    op.create_table(
        "threadword",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column(
            "word",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("thread_id", sa.String(length=36), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_threadword_person_id_person")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_threadword_thread_id_thread")),
        sa.PrimaryKeyConstraint("person_id", "word", "thread_id", name=op.f("pk_threadword")),
    )
    op.create_table(
        "visitchange",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_window", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visitchange_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitchange")),
    )
    with op.batch_alter_table("visitchange", schema=None) as batch_op:
        batch_op.create_index("ix_visitchange_visit", ["visit_id", "at", "id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("uploader_id", sa.String(length=36), nullable=True),
        sa.Column("organisation_id", sa.String(length=36), nullable=True),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("document_id", sa.String(length=64), nullable=True),
        sa.Column("draft_place", sa.String(length=36), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_attachment_message_id_message")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_attachment_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attachment_person_id_person")),
        sa.ForeignKeyConstraint(
            ["uploader_id"], ["person.id"], name=op.f("fk_attachment_uploader_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint(
            "organisation_id", "document_id", name=op.f("uq_attachment_organisation_id_document_id")
        ),
        sa.UniqueConstraint(
            "organisation_id", "external_id", name=op.f("uq_attachment_organisation_id_external_id")
        ),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_message", ["message_id", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_uploader_id"), ["uploader_id"], unique=False)

    op.create_table(
        "attachmentcontent",
        sa.Column("attachment_id", sa.String(length=36), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_attachmentcontent_attachment_id_attachment")
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_attachmentcontent")),
    )


def downgrade() -> None:
    op.drop_table("attachmentcontent")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_uploader_id"))
        batch_op.drop_index(batch_op.f("ix_attachment_person_id"))
        batch_op.drop_index("ix_attachment_message")

    op.drop_table("attachment")
    with op.batch_alter_table("visitchange", schema=None) as batch_op:
        batch_op.drop_index("ix_visitchange_visit")

    op.drop_table("visitchange")
    op.drop_table("threadword")
    op.drop_table("threadtaking")
    with op.batch_alter_table("threadreading", schema=None) as batch_op:
        batch_op.drop_index("ix_threadreading_waiting")
        batch_op.drop_index("ix_threadreading_unread")
        batch_op.drop_index("ix_threadreading_service")
        batch_op.drop_index("ix_threadreading_list")

    op.drop_table("threadreading")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_thread")

    op.drop_table("message")
    with op.batch_alter_table("circlenote", schema=None) as batch_op:
        batch_op.drop_index("ix_circlenote_thread")
        batch_op.drop_index(batch_op.f("ix_circlenote_person_id"))

    op.drop_table("circlenote")
    with op.batch_alter_table("cancellation", schema=None) as batch_op:
        batch_op.drop_index("ix_cancellation_visit")
        batch_op.drop_index("ix_cancellation_period")

    op.drop_table("cancellation")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_watch")
        batch_op.drop_index("ix_visit_service")
        batch_op.drop_index("ix_visit_agenda")

    op.drop_table("visit")
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_index("ix_thread_inbox")

    op.drop_table("thread")
    op.drop_table("mandate")
    with op.batch_alter_table("delegationrequest", schema=None) as batch_op:
        batch_op.drop_index("ix_delegationrequest_grantor")
        batch_op.drop_index(batch_op.f("ix_delegationrequest_asker_id"))

    op.drop_table("delegationrequest")
    op.drop_table("dataexportcontent")
    with op.batch_alter_table("carerelation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_carerelation_person_id"))

    op.drop_table("carerelation")
    with op.batch_alter_table("accesslogentry", schema=None) as batch_op:
        batch_op.drop_index("ix_accesslogentry_represented")

    op.drop_table("accesslogentry")
    op.drop_table("visitreading")
    op.drop_table("setupfailure")
    with op.batch_alter_table("representation", schema=None) as batch_op:
        batch_op.drop_index("ix_representation_key")
        batch_op.drop_index("ix_representation_held")
        batch_op.drop_index("ix_representation_given")
        batch_op.drop_index("ix_representation_external")

    op.drop_table("representation")
    with op.batch_alter_table("outboxitem", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outboxitem_subject_id"))
        batch_op.drop_index("ix_outboxitem_due")

    op.drop_table("outboxitem")
    op.drop_table("noticechoice")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_subject")
        batch_op.drop_index(batch_op.f("ix_notice_person_id"))

    op.drop_table("notice")
    op.drop_table("mailbox")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_provider_sid"))
        batch_op.drop_index(batch_op.f("ix_login_session_actor_id"))

    op.drop_table("login_session")
    op.drop_table("knowndevice")
    with op.batch_alter_table("fhirresource", schema=None) as batch_op:
        batch_op.drop_index("ix_fhirresource_updated")
        batch_op.drop_index(batch_op.f("ix_fhirresource_proxy_id"))
        batch_op.drop_index(batch_op.f("ix_fhirresource_person_id"))

    op.drop_table("fhirresource")
    op.drop_table("draft")
    with op.batch_alter_table("dataexport", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dataexport_status"))
        batch_op.drop_index(batch_op.f("ix_dataexport_person_id"))

    op.drop_table("dataexport")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_person_id"))

    op.drop_table("consent")
    with op.batch_alter_table("careservice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_careservice_organisation_id"))

    op.drop_table("careservice")
    with op.batch_alter_table("calendarfeed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendarfeed_person_id"))
        batch_op.drop_index(batch_op.f("ix_calendarfeed_actor_id"))

    op.drop_table("calendarfeed")
    with op.batch_alter_table("activitychange", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activitychange_person_id"))

    op.drop_table("activitychange")
    op.drop_table("person")
    op.drop_table("organisation")
    with op.batch_alter_table("logintransaction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_logintransaction_expires_at"))
        batch_op.drop_index(batch_op.f("ix_logintransaction_browser_hash"))

    op.drop_table("logintransaction")
