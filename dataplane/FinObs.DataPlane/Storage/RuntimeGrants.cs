namespace FinObs.DataPlane.Storage;

/// <summary>
/// What the role that serves requests may do where another role owns the tables: read and add everywhere, change only what is state rather
/// than record. It can neither drop a trigger nor truncate a table, because it owns nothing.
/// </summary>
internal static class RuntimeGrants
{
    /// <summary>Records: written once.</summary>
    private static readonly string[] AppendOnly =
        ["transactions", "decisions", "idempotency", "audit_leaves", "audit_entries", "audit_checkpoints", "resource_history", "artifacts", "model_versions",
            "model_route_changes", "scoring_engines", "pull_changes", "callback_acts", "user_changes", "approval_votes", "label_history", "case_activities",
            "sar_revisions", "sar_reads", "rule_changes", "decision_overrides", "decision_feedback", "legal_holds", "retraining_changes", "rollout_changes", "experiment_changes", "drift_checks", "model_evaluations", "backtests", "replay_checks", "agent_actions"];

    /// <summary>Of a transaction the personal columns may be emptied, within what its triggers let pass.</summary>
    private const string Erasable = "account_id, account_hash, counterparty_id, meta";

    public static string[] For(string role)
    {
        string quoted = $"\"{role.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        return
        [
            $"GRANT USAGE ON SCHEMA public TO {quoted}",
            $"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
            $"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
            $"REVOKE UPDATE, DELETE, TRUNCATE ON {string.Join(", ", AppendOnly)} FROM {quoted}",
            $"GRANT UPDATE ({Erasable}) ON transactions TO {quoted}",
            $"GRANT UPDATE (released_by, released_at, release_reason) ON legal_holds TO {quoted}",
            $"REVOKE INSERT, UPDATE, DELETE ON \"__EFMigrationsHistory\" FROM {quoted}",
        ];
    }
}
