using System.Collections.Frozen;

namespace FinObs.DataPlane.Access;

/// <summary>What can be allowed. An endpoint names exactly one; an endpoint that names none is closed to people.</summary>
internal static class Permissions
{
    public const string UserCreate = "user:create";
    public const string UserUpdate = "user:update";
    public const string UserDelete = "user:delete";
    public const string UserList = "user:list";
    public const string UserRoleAssign = "user:role_assign";
    public const string ComplianceRead = "compliance:read";
    public const string ComplianceResolve = "compliance:resolve";
    public const string ComplianceExport = "compliance:export";
    public const string AgentRead = "agent:read";
    public const string AgentApprove = "agent:approve";
    public const string AgentReject = "agent:reject";
    public const string AgentTriage = "agent:triage";
    public const string ModelRead = "model:read";
    public const string ModelRetrain = "model:retrain";
    public const string ModelDriftCheck = "model:drift_check";
    public const string ModelConfig = "model:config";
    public const string TransactionRead = "transaction:read";
    public const string TransactionCreate = "transaction:create";
    public const string AnomalyRead = "anomaly:read";
    public const string AnomalyTrain = "anomaly:train";
    public const string SystemMetricsRead = "system:metrics_read";
    public const string SystemConfig = "system:config";
    public const string AuditRead = "audit:read";
    public const string ExplainRead = "explain:read";
    public const string ExplainBatch = "explain:batch";

    // Beyond the seed's 25.
    public const string CaseRead = "case:read";
    public const string CaseWork = "case:work";
    public const string CaseResolve = "case:resolve";
    public const string DecisionFeedback = "decision:feedback";
    public const string DecisionOverride = "decision:override";
    public const string ApprovalRead = "approval:read";
    public const string ApprovalDecide = "approval:decide";
    public const string RuleRead = "rule:read";
    public const string RuleWrite = "rule:write";
    public const string SarRead = "sar:read";
    public const string SarWrite = "sar:write";
    public const string EvidenceRead = "evidence:read";
    public const string ExportRead = "export:read";
    public const string ExportCreate = "export:create";
    public const string PersonalDataRead = "personal_data:read";
    public const string KeyManage = "key:manage";
    public const string ResourceRead = "resource:read";
    public const string ResourceWrite = "resource:write";
    public const string DeliveryRead = "delivery:read";
    public const string DeliveryOperate = "delivery:operate";
    public const string RetentionManage = "retention:manage";

    public static readonly FrozenSet<string> All = new[]
    {
        UserCreate, UserUpdate, UserDelete, UserList, UserRoleAssign, ComplianceRead, ComplianceResolve, ComplianceExport, AgentRead, AgentApprove, AgentReject, AgentTriage,
        ModelRead, ModelRetrain, ModelDriftCheck, ModelConfig, TransactionRead, TransactionCreate, AnomalyRead, AnomalyTrain, SystemMetricsRead, SystemConfig, AuditRead,
        ExplainRead, ExplainBatch, CaseRead, CaseWork, CaseResolve, DecisionFeedback, DecisionOverride, ApprovalRead, ApprovalDecide, RuleRead, RuleWrite, SarRead, SarWrite,
        EvidenceRead, ExportRead, ExportCreate, PersonalDataRead, KeyManage, ResourceRead, ResourceWrite, DeliveryRead, DeliveryOperate, RetentionManage,
    }.ToFrozenSet();
}
