using FinObs.Contracts.Resources;
using FinObs.Operator.Status;

namespace FinObs.Operator.Tests.Status;

public sealed class ConditionSetTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Noon.AddMinutes(5);

    [Fact]
    public void The_time_moves_only_with_the_status()
    {
        ConditionSet first = new(null, 1, Noon.AddMilliseconds(700));
        first.Set("Loaded", ConditionStatus.False, "Loading", "1 of 2.");
        Assert.Equal(Noon, first.All().Single().LastTransitionTime);

        ConditionSet second = new(first.All(), 2, Later);
        second.Set("Loaded", ConditionStatus.False, "Crashing", "0 of 2.");
        Condition same = second.All().Single();
        Assert.Equal((Noon, "Crashing", "0 of 2.", 2L), (same.LastTransitionTime, same.Reason, same.Message, same.ObservedGeneration));

        ConditionSet third = new(second.All(), 2, Later);
        third.Set("Loaded", ConditionStatus.True, "Loaded", "2 of 2.");
        Assert.Equal(Later, third.All().Single().LastTransitionTime);
    }

    [Fact]
    public void The_same_findings_give_the_same_conditions()
    {
        static IReadOnlyList<Condition> Find(IReadOnlyList<Condition>? before, DateTimeOffset now)
        {
            ConditionSet set = new(before, 1, now);
            set.Set("B", ConditionStatus.True, "Good", "");
            set.Set("A", ConditionStatus.Unknown, "Waiting", "For B.");
            set.Reconciling("Waiting", "For B.");
            return set.Fold("Serving", "All well.", "A", "B");
        }

        IReadOnlyList<Condition> first = Find(null, Noon);
        Assert.Equal(["Ready", "Reconciling", "A", "B"], first.Select(condition => condition.Type));
        // Reconciling is begun anew each time, but its time is that of the first.
        Assert.Equal(first, Find(first, Later));
    }

    [Fact]
    public void Ready_once_all_parts_are_true()
    {
        ConditionSet set = new(null, 3, Noon);
        set.Set("A", ConditionStatus.True, "Good", "");
        set.Set("B", ConditionStatus.True, "Good", "");
        Condition ready = set.Fold("Serving", "All well.", "A", "B")[0];
        Assert.Equal(("Ready", ConditionStatus.True, "Serving", "All well.", 3L), (ready.Type, ready.Status, ready.Reason, ready.Message, ready.ObservedGeneration));
    }

    [Fact]
    public void Not_ready_for_the_reason_of_the_first_part_that_is_false()
    {
        ConditionSet set = new(null, 1, Noon);
        set.Set("A", ConditionStatus.Unknown, "Waiting", "Who knows.");
        set.Set("B", ConditionStatus.False, "Broken", "B is broken.");
        set.Set("C", ConditionStatus.False, "AlsoBroken", "So is C.");
        Condition ready = set.Fold("Serving", "All well.", "A", "B", "C")[0];
        Assert.Equal((ConditionStatus.False, "Broken", "B is broken."), (ready.Status, ready.Reason, ready.Message));
    }

    [Fact]
    public void Nobody_knows_whether_it_is_ready_while_a_part_is_unknown_and_none_is_false()
    {
        ConditionSet set = new(null, 1, Noon);
        set.Set("A", ConditionStatus.True, "Good", "");
        Assert.Equal(ConditionStatus.Unknown, set.Fold("Serving", "All well.", "A", "NeverLookedAt")[0].Status);
    }

    [Fact]
    public void What_stalls_is_why_it_is_not_ready()
    {
        ConditionSet set = new(null, 1, Noon);
        set.Set("A", ConditionStatus.True, "Good", "");
        set.Stalled("SecretMissing", "There is no Secret 'key'.");
        IReadOnlyList<Condition> conditions = set.Fold("Serving", "All well.", "A");
        Assert.Equal((ConditionStatus.False, "SecretMissing"), (conditions[0].Status, conditions[0].Reason));
        Assert.Contains(conditions, condition => condition is { Type: "Stalled", Status: ConditionStatus.True });
    }

    [Fact]
    public void Reconciling_and_stalled_are_gone_unless_said_again()
    {
        ConditionSet first = new(null, 1, Noon);
        first.Reconciling("Loading", "");
        first.Stalled("SecretMissing", "");
        first.Set("A", ConditionStatus.True, "Good", "");
        ConditionSet second = new(first.Fold("Serving", ""), 1, Later);
        Assert.Equal(["Ready", "A"], second.Fold("Serving", "", "A").Select(condition => condition.Type));
    }

    [Fact]
    public void Transitions_are_those_whose_status_or_reason_changed()
    {
        ConditionSet first = new(null, 1, Noon);
        first.Set("A", ConditionStatus.False, "Loading", "1 of 3.");
        first.Set("B", ConditionStatus.True, "Good", "");
        Assert.Equal(["A", "B"], first.Transitions.Select(transition => transition.After.Type));
        ConditionSet second = new(first.All(), 2, Later);
        second.Set("A", ConditionStatus.False, "Loading", "2 of 3.");
        second.Set("B", ConditionStatus.True, "Better", "");
        second.Set("C", ConditionStatus.True, "Good", "");
        Assert.Equal(["B", "C"], second.Transitions.Select(transition => transition.After.Type));
    }
}
