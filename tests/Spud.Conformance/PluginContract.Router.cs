using Spud.Configuration;
using Spud.Conformance.Cases;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Spud.Conformance.Rigs;
using Xunit;

namespace Spud.Conformance;

/// <summary>Plans.</summary>
public abstract partial class PluginContract
{
    /// <summary>The model's own routing, on every trait that the router knows.</summary>
    [ContractTheory]
    [OfRole(Roles.Router, typeof(RouterModels))]
    public void Plans_are_those_of_the_definition(string component, string model) => CheckPlan(component, new() { Model = RouterModels.Of(model) });

    /// <summary>Likewise from matrices of every type; where a type is refused, the refusal is shown.</summary>
    [ContractTheory]
    [OfRole(Roles.Router, typeof(WeightTypes))]
    public void Plans_are_right_from_weights_of_a_type(string component, string type) =>
        CheckPlan(component, new() { Model = new() { Hidden = 256, Experts = 12, ExpertsUsed = 3 }, Weights = WeightTypes.Of(type), MayBeRefused = type != "F32" });

    /// <summary>Whatever the effort, rows have experts that exist, none twice, with finite weights, and not more than the router says.</summary>
    [ContractTheory]
    [OfRole(Roles.Router)]
    public void Plans_are_in_form_at_any_effort(string component)
    {
        foreach (float effort in new[] { 1, 0.5f, 0 })
        {
            foreach (SequenceSlice[] slices in new[] { TestStep.Slices((1, 0)), TestStep.Slices((90, 0), (1, 5), (5, 70)) })
            {
                SequenceSlice[] limited = [.. slices.Select(slice => slice with { Effort = effort })];
                using RouterRig rig = new(Plugin[Roles.Router, component], new() { Model = RouterModels.Of("plain"), Slices = limited });
                Assert.InRange(rig.Component.MaxExpertsPerRow, 1, rig.Model.Experts);
                Assert.InRange(rig.MaxExperts, 1, rig.Component.MaxExpertsPerRow);
                rig.Call(rig.Run);
                Assert.Equal(rig.Rows, rig.Planned().Length);
            }
        }
    }

    /// <summary>Rows that say nothing (all scores equal) get a plan in form as well.</summary>
    [ContractTheory]
    [OfRole(Roles.Router)]
    public void A_row_of_zeros_gets_a_plan(string component)
    {
        using RouterRig rig = new(Plugin[Roles.Router, component], new() { Model = RouterModels.Of("plain"), Slices = TestStep.Slices((3, 0)) });
        rig.Hidden.Floats.Clear();
        rig.Hidden.Upload();
        rig.Call(rig.Run);
        Assert.Equal(3, rig.Planned().Length);
    }

    private void CheckPlan(string component, RigSettings settings)
    {
        Subject subject = Plugin[Roles.Router, component];
        using RouterRig rig = new(subject, settings with { Slices = TestStep.Slices((70, 3), (1, 90), (5, 0)) });
        rig.Call(rig.Run);
        (int Expert, float Weight)[][] plan = rig.Planned();
        RouterOracle oracle = new(rig.Model, rig.Build);
        int nearTies = 0;
        for (int row = 0; row < plan.Length; row++)
            nearTies += IsAsExpected(oracle.Probabilities(Plain.Row(rig.Hidden.Floats, row, rig.Model.Hidden)), rig.Model, plan[row], subject.Tolerance, row) ? 0 : 1;
        Assert.True(nearTies <= plan.Length / 5, $"{nearTies} of {plan.Length} rows are near ties at this tolerance, too many for a meaningful comparison");
    }

    // Where the tolerance does not tell the last expert that is chosen from the first one that is not, either is right.
    private static bool IsAsExpected(double[] probabilities, TestModel model, (int Expert, float Weight)[] got, Tolerance tolerance, int row)
    {
        double[] sorted = [.. probabilities.OrderDescending()];
        IReadOnlyList<(int Expert, double Weight)> expected = RouterOracle.Choose(probabilities, model.ExpertsUsed, model.Has(Trait.Renormalise));
        double gap = model.ExpertsUsed < sorted.Length ? 1 - sorted[model.ExpertsUsed] / sorted[model.ExpertsUsed - 1] : 1;
        if (gap <= 4 * tolerance.Relative)
            return false;

        Assert.True(
            expected.Select(entry => entry.Expert).Order().SequenceEqual(got.Select(entry => entry.Expert).Order()),
            $"row {row}: expected experts {string.Join(", ", expected.Select(entry => entry.Expert))}, got {string.Join(", ", got.Select(entry => entry.Expert))}");
        Dictionary<int, float> weights = got.ToDictionary(entry => entry.Expert, entry => entry.Weight);
        Agreement.Near([.. expected.Select(entry => entry.Weight)], expected.Select(entry => weights[entry.Expert]).ToArray(), tolerance, $"weights of row {row}");
        return true;
    }
}
