using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace FinObs.DataPlane.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "account_profiles",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    account_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<byte[]>(type: "bytea", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    recent = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_account_profiles", x => new { x.@namespace, x.account_id });
                });

            migrationBuilder.CreateTable(
                name: "agent_actions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    agent = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    acted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    detail = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    approval_id = table.Column<Guid>(type: "uuid", nullable: true),
                    simulation = table.Column<bool>(type: "boolean", nullable: false),
                    finding = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    evidence = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agent_actions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "agent_runs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    agent = table.Column<string>(type: "text", nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: true),
                    period_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    period_to = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    origin = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    requested_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    simulation = table.Column<bool>(type: "boolean", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    approval_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    traceparent = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agent_runs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    permissions = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    last_used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "approval_requests",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    action = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    target = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    summary = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    payload = table.Column<byte[]>(type: "bytea", nullable: false),
                    evidence = table.Column<byte[]>(type: "bytea", nullable: true),
                    model_digest = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    bound_hash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    open_hash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    requested_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    excluded = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    chain = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    step = table.Column<int>(type: "integer", nullable: false),
                    waits_for = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    status = table.Column<string>(type: "text", nullable: false),
                    verdict = table.Column<string>(type: "text", nullable: true),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    outcome = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    simulation = table.Column<bool>(type: "boolean", nullable: false),
                    development = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    escalate_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    escalate_to = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    escalated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    about = table.Column<Guid>(type: "uuid", nullable: true),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    retry_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    traceparent = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_approval_requests", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "approval_votes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    request_id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    ordinal = table.Column<long>(type: "bigint", nullable: false),
                    step = table.Column<int>(type: "integer", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    role = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    approves = table.Column<bool>(type: "boolean", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    bound_hash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    simulation = table.Column<bool>(type: "boolean", nullable: false),
                    development = table.Column<bool>(type: "boolean", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_approval_votes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "artifacts",
                columns: table => new
                {
                    digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    zip = table.Column<byte[]>(type: "bytea", nullable: false),
                    size = table.Column<long>(type: "bigint", nullable: false),
                    manifest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    review_at = table.Column<double>(type: "double precision", nullable: false),
                    block_at = table.Column<double>(type: "double precision", nullable: false),
                    origin = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    uploaded_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    uploaded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_artifacts", x => x.digest);
                });

            migrationBuilder.CreateTable(
                name: "audit_checkpoints",
                columns: table => new
                {
                    size = table.Column<long>(type: "bigint", nullable: false),
                    root = table.Column<byte[]>(type: "bytea", nullable: false),
                    note = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    published_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_checkpoints", x => x.size);
                });

            migrationBuilder.CreateTable(
                name: "audit_entries",
                columns: table => new
                {
                    leaf_index = table.Column<long>(type: "bigint", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false),
                    leaf_hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_entries", x => x.leaf_index);
                });

            migrationBuilder.CreateTable(
                name: "audit_leaves",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    kind = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ref_id = table.Column<Guid>(type: "uuid", nullable: false),
                    about_id = table.Column<Guid>(type: "uuid", nullable: true),
                    key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    leaf = table.Column<byte[]>(type: "bytea", nullable: false),
                    payload = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_leaves", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_tiles",
                columns: table => new
                {
                    level = table.Column<int>(type: "integer", nullable: false),
                    tile_index = table.Column<long>(type: "bigint", nullable: false),
                    root = table.Column<byte[]>(type: "bytea", nullable: false),
                    hashes = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_tiles", x => new { x.level, x.tile_index });
                });

            migrationBuilder.CreateTable(
                name: "backtests",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    digest = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    engine = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    review_at = table.Column<double>(type: "double precision", nullable: false),
                    block_at = table.Column<double>(type: "double precision", nullable: false),
                    window_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    window_to = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    decided_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    maturity = table.Column<long>(type: "bigint", nullable: false),
                    report = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    asked_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    asked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_backtests", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "callback_acts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    target = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    act = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    messages = table.Column<long>(type: "bigint", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_callback_acts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "callback_attempts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    target = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    delivery_id = table.Column<Guid>(type: "uuid", nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: true),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    duration_ms = table.Column<int>(type: "integer", nullable: false),
                    outcome = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    detail = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    request = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    response = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_callback_attempts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "callback_counts",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    target = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    hour = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    outcome = table.Column<string>(type: "text", nullable: false),
                    bucket = table.Column<int>(type: "integer", nullable: false),
                    count = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_callback_counts", x => new { x.@namespace, x.target, x.hour, x.outcome, x.bucket });
                });

            migrationBuilder.CreateTable(
                name: "callback_dead_letters",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    target = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    topic = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    event_id = table.Column<long>(type: "bigint", nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: true),
                    event_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    order_key = table.Column<long>(type: "bigint", nullable: true),
                    traceparent = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    died_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    status = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_callback_dead_letters", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "callback_deliveries",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    target = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    topic = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    event_id = table.Column<long>(type: "bigint", nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: true),
                    event_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    order_key = table.Column<long>(type: "bigint", nullable: true),
                    traceparent = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_callback_deliveries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "callback_leases",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    owner = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_callback_leases", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "callback_states",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    target = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    breaker = table.Column<string>(type: "text", nullable: false),
                    open_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    consecutive = table.Column<int>(type: "integer", nullable: false),
                    throttled_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    failing_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    disabled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    disabled_reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    last_success = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_failure_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_failure_status = table.Column<int>(type: "integer", nullable: false),
                    last_failure_reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    last_failure_detail = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    last_failure_attempt = table.Column<int>(type: "integer", nullable: false),
                    resolved_ips = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    key_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    sealed_key = table.Column<byte[]>(type: "bytea", nullable: true),
                    previous_key_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    sealed_previous_key = table.Column<byte[]>(type: "bytea", nullable: true),
                    previous_valid_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_callback_states", x => new { x.@namespace, x.target });
                });

            migrationBuilder.CreateTable(
                name: "case_activities",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    case_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    old_value = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    new_value = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    comment = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    items = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_case_activities", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "case_counters",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    last_number = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_case_counters", x => x.@namespace);
                });

            migrationBuilder.CreateTable(
                name: "case_transactions",
                columns: table => new
                {
                    transaction_ref = table.Column<Guid>(type: "uuid", nullable: false),
                    case_id = table.Column<Guid>(type: "uuid", nullable: false),
                    decision = table.Column<string>(type: "text", nullable: false),
                    score = table.Column<double>(type: "double precision", nullable: true),
                    added_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_case_transactions", x => x.transaction_ref);
                });

            migrationBuilder.CreateTable(
                name: "cases",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    title = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    description = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    severity = table.Column<string>(type: "text", nullable: false),
                    priority = table.Column<int>(type: "integer", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    open_key = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    source = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    account = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    account_hash = table.Column<long>(type: "bigint", nullable: false),
                    desk = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    trader = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    root_cause = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    detection_method = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    assigned_to = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    opened_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_event_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    due_by_hand = table.Column<bool>(type: "boolean", nullable: false),
                    snoozed_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    escalated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    resolved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    resolved_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    outcome = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    notes = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    duplicate_of = table.Column<Guid>(type: "uuid", nullable: true),
                    locked_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    locked_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    transactions = table.Column<int>(type: "integer", nullable: false),
                    reasons = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    largest_amount = table.Column<double>(type: "double precision", nullable: true),
                    highest_score = table.Column<double>(type: "double precision", nullable: true),
                    traceparent = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cases", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "compliance_log",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    event_type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    severity = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    meta = table.Column<byte[]>(type: "bytea", nullable: true),
                    entity_type = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    entity_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    origin = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    created_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    resolved = table.Column<bool>(type: "boolean", nullable: false),
                    resolved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    resolved_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    notes = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false),
                    resolution_leaf_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_compliance_log", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "data_protection_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    friendly_name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    xml = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_data_protection_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "decision_feedback",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    decision_id = table.Column<Guid>(type: "uuid", nullable: false),
                    decided = table.Column<string>(type: "text", nullable: false),
                    actual = table.Column<string>(type: "text", nullable: false),
                    notes = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    source = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    given_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    given_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_decision_feedback", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "decision_overrides",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    decision_id = table.Column<Guid>(type: "uuid", nullable: false),
                    transaction_ref = table.Column<Guid>(type: "uuid", nullable: false),
                    sequence = table.Column<int>(type: "integer", nullable: false),
                    from_decision = table.Column<string>(type: "text", nullable: false),
                    to_decision = table.Column<string>(type: "text", nullable: false),
                    note = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    overridden_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    overridden_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    approval_id = table.Column<Guid>(type: "uuid", nullable: true),
                    approved_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_decision_overrides", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "decisions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    transaction_ref = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    decision = table.Column<string>(type: "text", nullable: false),
                    score = table.Column<double>(type: "double precision", nullable: true),
                    margin = table.Column<double>(type: "double precision", nullable: true),
                    engine_id = table.Column<long>(type: "bigint", nullable: true),
                    features = table.Column<byte[]>(type: "bytea", nullable: true),
                    baseline = table.Column<byte[]>(type: "bytea", nullable: true),
                    explanation = table.Column<byte[]>(type: "bytea", nullable: true),
                    reasons = table.Column<byte[]>(type: "bytea", nullable: false),
                    rules = table.Column<byte[]>(type: "bytea", nullable: true),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    trace_id = table.Column<byte[]>(type: "bytea", nullable: true),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_decisions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "drift_checks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    policy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    policy_uid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    window_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    window_to = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    checked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    samples = table.Column<long>(type: "bigint", nullable: false),
                    judged = table.Column<bool>(type: "boolean", nullable: false),
                    severity = table.Column<string>(type: "text", nullable: false),
                    breach = table.Column<bool>(type: "boolean", nullable: false),
                    drifted = table.Column<int>(type: "integer", nullable: false),
                    max_psi = table.Column<double>(type: "double precision", nullable: true),
                    breach_bits = table.Column<long>(type: "bigint", nullable: false),
                    breach_checks = table.Column<int>(type: "integer", nullable: false),
                    drifting = table.Column<bool>(type: "boolean", nullable: false),
                    quiet_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    followed = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    report = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    report_digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_drift_checks", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "event_counters",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    last_event_id = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_event_counters", x => x.@namespace);
                });

            migrationBuilder.CreateTable(
                name: "event_cursors",
                columns: table => new
                {
                    reader = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    last_event_id = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_event_cursors", x => new { x.reader, x.@namespace });
                });

            migrationBuilder.CreateTable(
                name: "events",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    last_id = table.Column<long>(type: "bigint", nullable: false),
                    first_id = table.Column<long>(type: "bigint", nullable: false),
                    topic = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    packed = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_events", x => new { x.@namespace, x.last_id });
                });

            migrationBuilder.CreateTable(
                name: "experiment_changes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    uid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    detail = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    phase = table.Column<string>(type: "text", nullable: false),
                    arms = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    enrolled = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    winner = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    approval_id = table.Column<Guid>(type: "uuid", nullable: true),
                    evaluation = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_experiment_changes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "experiments",
                columns: table => new
                {
                    uid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    phase = table.Column<string>(type: "text", nullable: false),
                    requested_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    serving_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    next_look_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    arms = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    enrolled = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    evaluation = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ignores_signals = table.Column<bool>(type: "boolean", nullable: false),
                    approval_id = table.Column<Guid>(type: "uuid", nullable: true),
                    winner = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    promoted_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    detail = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    generation = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_experiments", x => x.uid);
                });

            migrationBuilder.CreateTable(
                name: "export_parts",
                columns: table => new
                {
                    export_id = table.Column<Guid>(type: "uuid", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    bytes = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_export_parts", x => new { x.export_id, x.attempt, x.number });
                });

            migrationBuilder.CreateTable(
                name: "exports",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    format = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    scope = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    personal = table.Column<bool>(type: "boolean", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    requested_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    schedule = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    occurrence = table.Column<long>(type: "bigint", nullable: true),
                    approval_id = table.Column<Guid>(type: "uuid", nullable: true),
                    lease_until = table.Column<long>(type: "bigint", nullable: true),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    rows = table.Column<long>(type: "bigint", nullable: true),
                    bytes = table.Column<long>(type: "bigint", nullable: true),
                    sha256 = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    manifest = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    failure = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    finished_at = table.Column<long>(type: "bigint", nullable: true),
                    expires_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_exports", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "idempotency",
                columns: table => new
                {
                    key = table.Column<Guid>(type: "uuid", nullable: false),
                    body_hash = table.Column<Guid>(type: "uuid", nullable: false),
                    transaction_ref = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotency", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "label_history",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    transaction_ref = table.Column<Guid>(type: "uuid", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    label = table.Column<string>(type: "text", nullable: false),
                    source = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    origin = table.Column<Guid>(type: "uuid", nullable: true),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_label_history", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "ledger_units",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    base_currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    time_zone = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    database_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ledger_units", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "legal_holds",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    scope = table.Column<string>(type: "text", nullable: false),
                    subject = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    case_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    placed_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    placed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    released_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    released_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    release_reason = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_legal_holds", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "model_evaluations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    model_version = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    counts = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    submitted_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    submitted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_model_evaluations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "model_route_changes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    from_version_id = table.Column<long>(type: "bigint", nullable: true),
                    to_version_id = table.Column<long>(type: "bigint", nullable: true),
                    split = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    changed_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_model_route_changes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "model_routes",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    stable_version_id = table.Column<long>(type: "bigint", nullable: true),
                    previous_version_id = table.Column<long>(type: "bigint", nullable: true),
                    split = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_model_routes", x => x.@namespace);
                });

            migrationBuilder.CreateTable(
                name: "model_thresholds",
                columns: table => new
                {
                    version_id = table.Column<long>(type: "bigint", nullable: false),
                    review_at = table.Column<double>(type: "double precision", nullable: false),
                    block_at = table.Column<double>(type: "double precision", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_model_thresholds", x => x.version_id);
                });

            migrationBuilder.CreateTable(
                name: "model_versions",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    review_at = table.Column<double>(type: "double precision", nullable: false),
                    block_at = table.Column<double>(type: "double precision", nullable: false),
                    origin = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    registered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_model_versions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    topic = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    messages = table.Column<int>(type: "integer", nullable: false),
                    packed = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "pii_tokens",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    token = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pii_tokens", x => new { x.@namespace, x.token });
                });

            migrationBuilder.CreateTable(
                name: "pull_changes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    action = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    item = table.Column<Guid>(type: "uuid", nullable: true),
                    detail = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pull_changes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "pull_quarantine",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    code = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    truncated = table.Column<bool>(type: "boolean", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pull_quarantine", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "pull_runs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    outcome = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    http_status = table.Column<int>(type: "integer", nullable: false),
                    pages = table.Column<int>(type: "integer", nullable: false),
                    fetched = table.Column<long>(type: "bigint", nullable: false),
                    ingested = table.Column<long>(type: "bigint", nullable: false),
                    duplicates = table.Column<long>(type: "bigint", nullable: false),
                    rejected = table.Column<long>(type: "bigint", nullable: false),
                    flagged = table.Column<long>(type: "bigint", nullable: false),
                    message = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    trace_id = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pull_runs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "pull_sources",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    uid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    lease_owner = table.Column<Guid>(type: "uuid", nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    epoch = table.Column<long>(type: "bigint", nullable: false),
                    next_run_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    cursor = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    watermark = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    pending = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    etag = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    failures = table.Column<int>(type: "integer", nullable: false),
                    suspended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_run = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pull_sources", x => new { x.@namespace, x.name });
                });

            migrationBuilder.CreateTable(
                name: "replay_checks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    day_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    checked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    decisions = table.Column<long>(type: "bigint", nullable: false),
                    sampled = table.Column<int>(type: "integer", nullable: false),
                    seed = table.Column<int>(type: "integer", nullable: false),
                    bit_equal = table.Column<int>(type: "integer", nullable: false),
                    within_tolerance = table.Column<int>(type: "integer", nullable: false),
                    mismatched = table.Column<int>(type: "integer", nullable: false),
                    failed = table.Column<int>(type: "integer", nullable: false),
                    elsewhere = table.Column<int>(type: "integer", nullable: false),
                    decisions_changed = table.Column<int>(type: "integer", nullable: false),
                    largest_margin_delta = table.Column<double>(type: "double precision", nullable: false),
                    examples = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    problem = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_replay_checks", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "resource_history",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    act = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    kind = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    uid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    spec = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    spec_hash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    secret_versions = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    labels = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    managed_by = table.Column<string>(type: "text", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    changed_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    change_reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false),
                    traceparent = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_resource_history", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "resource_secrets",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    kind = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    secret = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_resource_secrets", x => new { x.@namespace, x.kind, x.name, x.secret, x.key });
                });

            migrationBuilder.CreateTable(
                name: "resources",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    kind = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    uid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    spec = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    spec_hash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    secret_versions = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    labels = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    managed_by = table.Column<string>(type: "text", nullable: false),
                    changed_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    change_reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false),
                    traceparent = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    deleting = table.Column<bool>(type: "boolean", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_resources", x => new { x.@namespace, x.kind, x.name });
                });

            migrationBuilder.CreateTable(
                name: "retraining_changes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    detail = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    candidate = table.Column<string>(type: "text", nullable: true),
                    candidate_version = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    artifact_digest = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    report = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_retraining_changes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "retraining_runs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    trigger = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    dedupe_key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    window_id = table.Column<Guid>(type: "uuid", nullable: false),
                    requested_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deadline_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    lease = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    progress = table.Column<double>(type: "double precision", nullable: false),
                    step = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    candidate_version = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    parent_version = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    parent_digest = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    candidate = table.Column<string>(type: "text", nullable: true),
                    artifact_digest = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    failure = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    traceparent = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_retraining_runs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "rollout_changes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    uid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    detail = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    phase = table.Column<string>(type: "text", nullable: false),
                    step = table.Column<int>(type: "integer", nullable: false),
                    weight = table.Column<int>(type: "integer", nullable: false),
                    shadow_percent = table.Column<int>(type: "integer", nullable: false),
                    approval_id = table.Column<Guid>(type: "uuid", nullable: true),
                    results = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rollout_changes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "rollouts",
                columns: table => new
                {
                    uid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version_id = table.Column<long>(type: "bigint", nullable: false),
                    step_hash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    requested_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    phase = table.Column<string>(type: "text", nullable: false),
                    step = table.Column<int>(type: "integer", nullable: false),
                    step_started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    weight = table.Column<int>(type: "integer", nullable: false),
                    weight_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    shadow_percent = table.Column<int>(type: "integer", nullable: false),
                    shadow_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    failures = table.Column<int>(type: "integer", nullable: false),
                    inconclusive = table.Column<int>(type: "integer", nullable: false),
                    next_check_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    analysis = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    approval_id = table.Column<Guid>(type: "uuid", nullable: true),
                    approved_step = table.Column<int>(type: "integer", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    detail = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    generation = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rollouts", x => x.uid);
                });

            migrationBuilder.CreateTable(
                name: "rule_changes",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    previous = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    rules = table.Column<int>(type: "integer", nullable: false),
                    content = table.Column<byte[]>(type: "bytea", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rule_changes", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "rule_list_entries",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    list = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    token = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    note = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    added_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    added_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false),
                    removed_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    removed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rule_list_entries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sar_reads",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    record = table.Column<Guid>(type: "uuid", nullable: true),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sar_reads", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sar_revisions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    case_id = table.Column<Guid>(type: "uuid", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sar_revisions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "scoring_engines",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    model_version_id = table.Column<long>(type: "bigint", nullable: false),
                    fingerprint = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    review_at = table.Column<double>(type: "double precision", nullable: false),
                    block_at = table.Column<double>(type: "double precision", nullable: false),
                    first_seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_scoring_engines", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "serving_readiness",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    uid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    endpoints = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    replicas = table.Column<int>(type: "integer", nullable: false),
                    ready_replicas = table.Column<int>(type: "integer", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_serving_readiness", x => new { x.@namespace, x.name });
                });

            migrationBuilder.CreateTable(
                name: "shadow_scores",
                columns: table => new
                {
                    version_id = table.Column<long>(type: "bigint", nullable: false),
                    transaction_ref = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    score = table.Column<double>(type: "double precision", nullable: true),
                    decision = table.Column<string>(type: "text", nullable: false),
                    decided_version_id = table.Column<long>(type: "bigint", nullable: true),
                    decided_score = table.Column<double>(type: "double precision", nullable: true),
                    decided = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_shadow_scores", x => new { x.version_id, x.transaction_ref });
                });

            migrationBuilder.CreateTable(
                name: "subject_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    wrapped = table.Column<byte[]>(type: "bytea", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    destroyed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    tombstone_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_subject_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "training_windows",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    received_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    received_to = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    as_of = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    maturity = table.Column<long>(type: "bigint", nullable: false),
                    requested_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    frozen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false),
                    data_digest = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    rows = table.Column<long>(type: "bigint", nullable: true),
                    sealed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_training_windows", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "transaction_labels",
                columns: table => new
                {
                    transaction_ref = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    label = table.Column<string>(type: "text", nullable: false),
                    source = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    origin = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_transaction_labels", x => x.transaction_ref);
                });

            migrationBuilder.CreateTable(
                name: "transactions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    source = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    transaction_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    account_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    account_hash = table.Column<long>(type: "bigint", nullable: false),
                    counterparty_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    amount = table.Column<decimal>(type: "numeric(28,10)", precision: 28, scale: 10, nullable: false),
                    currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    is_credit = table.Column<bool>(type: "boolean", nullable: false),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    meta = table.Column<byte[]>(type: "bytea", nullable: true),
                    label = table.Column<bool>(type: "boolean", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_transactions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "user_changes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    act = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    roles_before = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    roles = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leaf_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_user_changes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "users",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    issuer = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    subject_token = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    profile = table.Column<byte[]>(type: "bytea", nullable: false),
                    issuer_roles = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    roles = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    refused_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_users", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "window_buckets",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    version_id = table.Column<long>(type: "bigint", nullable: false),
                    role = table.Column<string>(type: "text", nullable: false),
                    start = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    layout = table.Column<long>(type: "bigint", nullable: false),
                    approved = table.Column<long>(type: "bigint", nullable: false),
                    review = table.Column<long>(type: "bigint", nullable: false),
                    blocked = table.Column<long>(type: "bigint", nullable: false),
                    unscored = table.Column<long>(type: "bigint", nullable: false),
                    counts = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_window_buckets", x => new { x.@namespace, x.version_id, x.role, x.start, x.layout });
                });

            migrationBuilder.CreateTable(
                name: "window_hours",
                columns: table => new
                {
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    version_id = table.Column<long>(type: "bigint", nullable: false),
                    role = table.Column<string>(type: "text", nullable: false),
                    start = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    approved = table.Column<long>(type: "bigint", nullable: false),
                    review = table.Column<long>(type: "bigint", nullable: false),
                    blocked = table.Column<long>(type: "bigint", nullable: false),
                    unscored = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_window_hours", x => new { x.@namespace, x.version_id, x.role, x.start });
                });

            migrationBuilder.CreateIndex(
                name: "ix_agent_actions_run_id_revision",
                table: "agent_actions",
                columns: new[] { "run_id", "revision" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_agent_runs_namespace_agent_origin",
                table: "agent_runs",
                columns: new[] { "namespace", "agent", "origin" },
                unique: true,
                filter: "origin IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_agent_runs_namespace_id",
                table: "agent_runs",
                columns: new[] { "namespace", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_agent_runs_open",
                table: "agent_runs",
                column: "due_at",
                filter: "state IN ('Waiting', 'Running', 'Proposed', 'Asked')");

            migrationBuilder.CreateIndex(
                name: "ix_agent_runs_subject_id",
                table: "agent_runs",
                column: "subject_id",
                filter: "subject_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_approval_requests_about",
                table: "approval_requests",
                column: "about",
                filter: "about IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_approval_requests_namespace_open_hash",
                table: "approval_requests",
                columns: new[] { "namespace", "open_hash" },
                unique: true,
                filter: "open_hash IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_approval_requests_namespace_status_id",
                table: "approval_requests",
                columns: new[] { "namespace", "status", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_approval_votes_request_id_actor",
                table: "approval_votes",
                columns: new[] { "request_id", "actor" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_artifacts_id",
                table: "artifacts",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_leaf_id",
                table: "audit_entries",
                column: "leaf_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_audit_leaves_about_id",
                table: "audit_leaves",
                column: "about_id",
                filter: "about_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_audit_leaves_namespace_id",
                table: "audit_leaves",
                columns: new[] { "namespace", "id" },
                filter: "kind <> 'decision.made'");

            migrationBuilder.CreateIndex(
                name: "ix_backtests_namespace_id",
                table: "backtests",
                columns: new[] { "namespace", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_callback_acts_namespace_target_id",
                table: "callback_acts",
                columns: new[] { "namespace", "target", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_callback_attempts_namespace_target_id",
                table: "callback_attempts",
                columns: new[] { "namespace", "target", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_callback_attempts_subject_id",
                table: "callback_attempts",
                column: "subject_id",
                filter: "subject_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_callback_dead_letters_namespace_target_died_at_id",
                table: "callback_dead_letters",
                columns: new[] { "namespace", "target", "died_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_callback_deliveries_namespace_target_due_at_id",
                table: "callback_deliveries",
                columns: new[] { "namespace", "target", "due_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_callback_deliveries_namespace_target_order_key_event_id",
                table: "callback_deliveries",
                columns: new[] { "namespace", "target", "order_key", "event_id" },
                filter: "order_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_case_activities_case_id_id",
                table: "case_activities",
                columns: new[] { "case_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_case_transactions_case_id_transaction_ref",
                table: "case_transactions",
                columns: new[] { "case_id", "transaction_ref" });

            migrationBuilder.CreateIndex(
                name: "ix_cases_account_hash_id",
                table: "cases",
                columns: new[] { "account_hash", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_cases_namespace_number",
                table: "cases",
                columns: new[] { "namespace", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_cases_namespace_open_key",
                table: "cases",
                columns: new[] { "namespace", "open_key" },
                unique: true,
                filter: "open_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_cases_namespace_resolved_at",
                table: "cases",
                columns: new[] { "namespace", "resolved_at" });

            migrationBuilder.CreateIndex(
                name: "ix_cases_namespace_status_id",
                table: "cases",
                columns: new[] { "namespace", "status", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_compliance_log_namespace_origin",
                table: "compliance_log",
                columns: new[] { "namespace", "origin" },
                unique: true,
                filter: "origin IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_compliance_log_namespace_resolved_id",
                table: "compliance_log",
                columns: new[] { "namespace", "resolved", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_decision_feedback_decision_id_id",
                table: "decision_feedback",
                columns: new[] { "decision_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_decision_feedback_namespace_id",
                table: "decision_feedback",
                columns: new[] { "namespace", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_decision_overrides_decision_id_sequence",
                table: "decision_overrides",
                columns: new[] { "decision_id", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_decisions_namespace_decision_id",
                table: "decisions",
                columns: new[] { "namespace", "decision", "id" },
                filter: "decision <> 'Approve'");

            migrationBuilder.CreateIndex(
                name: "ix_drift_checks_namespace_policy_id",
                table: "drift_checks",
                columns: new[] { "namespace", "policy", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_drift_checks_policy_uid_due_at",
                table: "drift_checks",
                columns: new[] { "policy_uid", "due_at" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_experiment_changes_uid_generation",
                table: "experiment_changes",
                columns: new[] { "uid", "generation" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_experiments_namespace",
                table: "experiments",
                column: "namespace");

            migrationBuilder.CreateIndex(
                name: "ix_exports_namespace_id",
                table: "exports",
                columns: new[] { "namespace", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_exports_open",
                table: "exports",
                column: "id",
                filter: "status IN ('Pending', 'Running', 'Ready')");

            migrationBuilder.CreateIndex(
                name: "ix_exports_schedule_occurrence",
                table: "exports",
                columns: new[] { "schedule", "occurrence" },
                unique: true,
                filter: "schedule IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_label_history_transaction_ref_revision",
                table: "label_history",
                columns: new[] { "transaction_ref", "revision" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_legal_holds_namespace_subject",
                table: "legal_holds",
                columns: new[] { "namespace", "subject" });

            migrationBuilder.CreateIndex(
                name: "ix_model_evaluations_namespace_id",
                table: "model_evaluations",
                columns: new[] { "namespace", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_model_route_changes_namespace_generation",
                table: "model_route_changes",
                columns: new[] { "namespace", "generation" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_model_versions_namespace_model_version",
                table: "model_versions",
                columns: new[] { "namespace", "model", "version" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_pull_changes_namespace_name_changed_at",
                table: "pull_changes",
                columns: new[] { "namespace", "name", "changed_at" });

            migrationBuilder.CreateIndex(
                name: "ix_pull_quarantine_namespace_name_state_at",
                table: "pull_quarantine",
                columns: new[] { "namespace", "name", "state", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_pull_runs_namespace_name_started_at",
                table: "pull_runs",
                columns: new[] { "namespace", "name", "started_at" });

            migrationBuilder.CreateIndex(
                name: "ix_replay_checks_namespace_id",
                table: "replay_checks",
                columns: new[] { "namespace", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_replay_checks_namespace_model_version_due_at",
                table: "replay_checks",
                columns: new[] { "namespace", "model", "version", "due_at" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_resource_history_namespace_kind_name_revision",
                table: "resource_history",
                columns: new[] { "namespace", "kind", "name", "revision" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_retraining_changes_run_id_revision",
                table: "retraining_changes",
                columns: new[] { "run_id", "revision" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_retraining_runs_namespace_id",
                table: "retraining_runs",
                columns: new[] { "namespace", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_retraining_runs_namespace_model_dedupe_key",
                table: "retraining_runs",
                columns: new[] { "namespace", "model", "dedupe_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_retraining_runs_open",
                table: "retraining_runs",
                column: "id",
                filter: "state IN ('Queued', 'Running')");

            migrationBuilder.CreateIndex(
                name: "ix_rollout_changes_uid_generation",
                table: "rollout_changes",
                columns: new[] { "uid", "generation" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_rollouts_namespace",
                table: "rollouts",
                column: "namespace");

            migrationBuilder.CreateIndex(
                name: "ix_rule_changes_digest",
                table: "rule_changes",
                column: "digest");

            migrationBuilder.CreateIndex(
                name: "ix_rule_changes_id",
                table: "rule_changes",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_rule_list_entries_namespace_list_id",
                table: "rule_list_entries",
                columns: new[] { "namespace", "list", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_rule_list_entries_namespace_list_token",
                table: "rule_list_entries",
                columns: new[] { "namespace", "list", "token" },
                unique: true,
                filter: "removed_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_sar_revisions_case_id_revision",
                table: "sar_revisions",
                columns: new[] { "case_id", "revision" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_scoring_engines_model_version_id_fingerprint_review_at_bloc",
                table: "scoring_engines",
                columns: new[] { "model_version_id", "fingerprint", "review_at", "block_at" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_subject_keys_namespace_subject",
                table: "subject_keys",
                columns: new[] { "namespace", "subject" },
                unique: true,
                filter: "destroyed_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_training_windows_namespace_id",
                table: "training_windows",
                columns: new[] { "namespace", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_transaction_labels_namespace_at",
                table: "transaction_labels",
                columns: new[] { "namespace", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_transactions_account_hash_id",
                table: "transactions",
                columns: new[] { "account_hash", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_user_changes_user_id_id",
                table: "user_changes",
                columns: new[] { "user_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_users_issuer_subject_token",
                table: "users",
                columns: new[] { "issuer", "subject_token" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_window_buckets_start",
                table: "window_buckets",
                column: "start");

            migrationBuilder.CreateIndex(
                name: "ix_window_hours_start",
                table: "window_hours",
                column: "start");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "account_profiles");

            migrationBuilder.DropTable(
                name: "agent_actions");

            migrationBuilder.DropTable(
                name: "agent_runs");

            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "approval_requests");

            migrationBuilder.DropTable(
                name: "approval_votes");

            migrationBuilder.DropTable(
                name: "artifacts");

            migrationBuilder.DropTable(
                name: "audit_checkpoints");

            migrationBuilder.DropTable(
                name: "audit_entries");

            migrationBuilder.DropTable(
                name: "audit_leaves");

            migrationBuilder.DropTable(
                name: "audit_tiles");

            migrationBuilder.DropTable(
                name: "backtests");

            migrationBuilder.DropTable(
                name: "callback_acts");

            migrationBuilder.DropTable(
                name: "callback_attempts");

            migrationBuilder.DropTable(
                name: "callback_counts");

            migrationBuilder.DropTable(
                name: "callback_dead_letters");

            migrationBuilder.DropTable(
                name: "callback_deliveries");

            migrationBuilder.DropTable(
                name: "callback_leases");

            migrationBuilder.DropTable(
                name: "callback_states");

            migrationBuilder.DropTable(
                name: "case_activities");

            migrationBuilder.DropTable(
                name: "case_counters");

            migrationBuilder.DropTable(
                name: "case_transactions");

            migrationBuilder.DropTable(
                name: "cases");

            migrationBuilder.DropTable(
                name: "compliance_log");

            migrationBuilder.DropTable(
                name: "data_protection_keys");

            migrationBuilder.DropTable(
                name: "decision_feedback");

            migrationBuilder.DropTable(
                name: "decision_overrides");

            migrationBuilder.DropTable(
                name: "decisions");

            migrationBuilder.DropTable(
                name: "drift_checks");

            migrationBuilder.DropTable(
                name: "event_counters");

            migrationBuilder.DropTable(
                name: "event_cursors");

            migrationBuilder.DropTable(
                name: "events");

            migrationBuilder.DropTable(
                name: "experiment_changes");

            migrationBuilder.DropTable(
                name: "experiments");

            migrationBuilder.DropTable(
                name: "export_parts");

            migrationBuilder.DropTable(
                name: "exports");

            migrationBuilder.DropTable(
                name: "idempotency");

            migrationBuilder.DropTable(
                name: "label_history");

            migrationBuilder.DropTable(
                name: "ledger_units");

            migrationBuilder.DropTable(
                name: "legal_holds");

            migrationBuilder.DropTable(
                name: "model_evaluations");

            migrationBuilder.DropTable(
                name: "model_route_changes");

            migrationBuilder.DropTable(
                name: "model_routes");

            migrationBuilder.DropTable(
                name: "model_thresholds");

            migrationBuilder.DropTable(
                name: "model_versions");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "pii_tokens");

            migrationBuilder.DropTable(
                name: "pull_changes");

            migrationBuilder.DropTable(
                name: "pull_quarantine");

            migrationBuilder.DropTable(
                name: "pull_runs");

            migrationBuilder.DropTable(
                name: "pull_sources");

            migrationBuilder.DropTable(
                name: "replay_checks");

            migrationBuilder.DropTable(
                name: "resource_history");

            migrationBuilder.DropTable(
                name: "resource_secrets");

            migrationBuilder.DropTable(
                name: "resources");

            migrationBuilder.DropTable(
                name: "retraining_changes");

            migrationBuilder.DropTable(
                name: "retraining_runs");

            migrationBuilder.DropTable(
                name: "rollout_changes");

            migrationBuilder.DropTable(
                name: "rollouts");

            migrationBuilder.DropTable(
                name: "rule_changes");

            migrationBuilder.DropTable(
                name: "rule_list_entries");

            migrationBuilder.DropTable(
                name: "sar_reads");

            migrationBuilder.DropTable(
                name: "sar_revisions");

            migrationBuilder.DropTable(
                name: "scoring_engines");

            migrationBuilder.DropTable(
                name: "serving_readiness");

            migrationBuilder.DropTable(
                name: "shadow_scores");

            migrationBuilder.DropTable(
                name: "subject_keys");

            migrationBuilder.DropTable(
                name: "training_windows");

            migrationBuilder.DropTable(
                name: "transaction_labels");

            migrationBuilder.DropTable(
                name: "transactions");

            migrationBuilder.DropTable(
                name: "user_changes");

            migrationBuilder.DropTable(
                name: "users");

            migrationBuilder.DropTable(
                name: "window_buckets");

            migrationBuilder.DropTable(
                name: "window_hours");
        }
    }
}
