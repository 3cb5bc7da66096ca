using System.Collections.Frozen;
using static FinObs.DataPlane.Access.Permissions;

namespace FinObs.DataPlane.Access;

/// <summary>Roles of people, and what each may. Machines have a role of their own (<see cref="Operator"/>) or a key with permissions.</summary>
internal static class Roles
{
    /// <summary>Runs the platform: everything but reading what 31 CFR 1020.320(e) keeps from those who need not know (SAR), unless given by name.</summary>
    public const string Admin = "admin";

    /// <summary>Decides: cases, overrides, approvals, exports, SAR.</summary>
    public const string Compliance = "compliance";

    /// <summary>Investigates: works cases, gives feedback, explains, proposes.</summary>
    public const string Analyst = "analyst";

    /// <summary>Looks: numbers and lists, no personal data, no work.</summary>
    public const string Viewer = "viewer";

    /// <summary>An examiner from outside: reads everything that is evidence, changes nothing, and each read is a leaf.</summary>
    public const string Examiner = "examiner";

    /// <summary>Machines of this installation: the operator of the cluster, key files.</summary>
    public const string Operator = "operator";

    public static readonly FrozenDictionary<string, FrozenSet<string>> OfPeople = new Dictionary<string, FrozenSet<string>>
    {
        [Admin] = All.Except([SarRead, SarWrite]).ToFrozenSet(),
        [Compliance] = new[]
        {
            UserList, ComplianceRead, ComplianceResolve, ComplianceExport, AgentRead, AgentApprove, AgentReject, AgentTriage, ModelRead, ModelDriftCheck, TransactionRead,
            AnomalyRead, SystemMetricsRead, AuditRead, ExplainRead, ExplainBatch, CaseRead, CaseWork, CaseResolve, DecisionFeedback, DecisionOverride, ApprovalRead,
            ApprovalDecide, RuleRead, RuleWrite, SarRead, SarWrite, EvidenceRead, ExportRead, ExportCreate, PersonalDataRead, ResourceRead, DeliveryRead,
        }.ToFrozenSet(),
        [Analyst] = new[]
        {
            ComplianceRead, AgentRead, AgentTriage, ModelRead, TransactionRead, AnomalyRead, SystemMetricsRead, AuditRead, ExplainRead, ExplainBatch, CaseRead, CaseWork,
            DecisionFeedback, ApprovalRead, RuleRead, EvidenceRead, PersonalDataRead, ResourceRead, DeliveryRead,
        }.ToFrozenSet(),
        [Viewer] = new[] { ComplianceRead, AgentRead, ModelRead, TransactionRead, AnomalyRead, SystemMetricsRead, ExplainRead, CaseRead, ApprovalRead, RuleRead, ResourceRead }.ToFrozenSet(),
        [Examiner] = new[]
        {
            UserList, ComplianceRead, ComplianceExport, AgentRead, ModelRead, TransactionRead, AnomalyRead, SystemMetricsRead, AuditRead, ExplainRead, CaseRead, ApprovalRead,
            RuleRead, EvidenceRead, ExportRead, PersonalDataRead, ResourceRead, DeliveryRead,
        }.ToFrozenSet(),
    }.ToFrozenDictionary();

    /// <summary>Machines do what machines must and nothing that is a person's: they never approve, override or resolve.</summary>
    private static readonly FrozenSet<string> OfOperator = All.Except([SarRead, SarWrite, ApprovalDecide, DecisionOverride, CaseResolve, ComplianceResolve, AgentApprove, AgentReject]).ToFrozenSet();

    /// <summary>What a role may; nothing for a name that is no role.</summary>
    public static FrozenSet<string> PermissionsOf(string role) => role == Operator ? OfOperator : OfPeople.GetValueOrDefault(role, FrozenSet<string>.Empty);
}
