using Spud.Configuration;
using Spud.Conformance.Cases;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Spud.Conformance.Rigs;

namespace Spud.Conformance;

/// <summary>The feed-forward part.</summary>
public abstract partial class PluginContract
{
    private static readonly TestModel s_mixture = new() { Experts = 6, ExpertsUsed = 2, ExpertWidth = 32 };

    /// <summary>What is added, on every trait that the experts know, for one row and for many.</summary>
    [ContractTheory]
    [OfRole(Roles.Experts, typeof(ExpertsModels))]
    public void What_experts_add_is_that_of_the_definition(string component, string model)
    {
        RigSettings settings = new() { Model = ExpertsModels.Of(model), MayBeRefused = model is not ("dense" or "mixture") };
        foreach (SequenceSlice[] slices in new[] { TestStep.Slices((1, 0)), TestStep.Slices((2, 5)), TestStep.Slices((7, 1)), TestStep.Slices((64, 0), (1, 9), (5, 3)) })
            CheckExperts(component, settings with { Slices = slices });
    }

    /// <summary>Likewise from matrices of every type; where a type is refused, the refusal is shown.</summary>
    [ContractTheory]
    [OfRole(Roles.Experts, typeof(WeightTypes))]
    public void Experts_are_right_from_weights_of_a_type(string component, string type)
    {
        RigSettings settings = new() { Model = s_mixture with { Hidden = 256, ExpertWidth = 256 }, Weights = WeightTypes.Of(type), MayBeRefused = type != "F32" };
        CheckExperts(component, settings with { Slices = TestStep.Slices((1, 0)) });
        CheckExperts(component, settings with { Slices = TestStep.Slices((19, 0)) });
    }

    /// <summary>Plans are ragged: a row may use all experts, and more than the model was trained with.</summary>
    [ContractTheory]
    [OfRole(Roles.Experts)]
    public void A_row_may_use_more_experts_than_the_model_was_trained_with(string component)
    {
        (int Expert, float Weight)[][] plan = [.. Enumerable.Range(0, 90).Select(row =>
            Enumerable.Range(0, 1 + row % 6).Select(expert => (expert, 0.01f * (row + 1))).ToArray())];
        CheckExperts(component, new() { Model = s_mixture, Slices = TestStep.Slices((90, 0)) }, plan);
    }

    /// <summary>All rows may go to one expert, and none to the others.</summary>
    [ContractTheory]
    [OfRole(Roles.Experts)]
    public void All_rows_may_use_one_expert(string component) =>
        CheckExperts(component, new() { Model = s_mixture, Slices = TestStep.Slices((40, 0)) }, [.. Enumerable.Repeat(new[] { (5, 0.5f) }, 40)]);

    /// <summary>Where a shared expert serves every row, a plan may have no entries at all.</summary>
    [ContractTheory]
    [OfRole(Roles.Experts, typeof(SharedExperts))]
    public void Rows_without_an_entry_get_the_shared_expert(string component, string model)
    {
        foreach (int rows in new[] { 1, 30 })
        {
            (int Expert, float Weight)[][] none = [.. Enumerable.Repeat(Array.Empty<(int, float)>(), rows)];
            CheckExperts(component, new() { Model = ExpertsModels.Of(model), Slices = TestStep.Slices((rows, 0)) }, none);
        }
    }

    /// <summary>Reading ends before the first add.</summary>
    [ContractTheory]
    [OfRole(Roles.Experts, typeof(ExpertsModels))]
    public void Output_may_be_input(string component, string model)
    {
        foreach (int rows in new[] { 1, 40 })
            CheckExperts(component, new() { Model = ExpertsModels.Of(model), Slices = TestStep.Slices((rows, 0)), MayBeRefused = true }, inPlace: true);
    }

    private void CheckExperts(string component, RigSettings settings, (int Expert, float Weight)[][]? plan = null, bool inPlace = false)
    {
        Subject subject = Plugin[Roles.Experts, component];
        using ExpertsRig rig = new(subject, settings, plan, inPlace);
        rig.Call(rig.Run);
        ExpertsOracle oracle = new(rig.Model, rig.Build);
        Output output = rig.Outputs[0];
        for (int row = 0; row < rig.Rows; row++)
        {
            double[] added = oracle.Execute(Plain.Row(rig.Inputs, row, rig.Model.Hidden), rig.Planned[row]);
            double[] before = Plain.Row(rig.Before, row, rig.Model.Hidden);
            Agreement.Near([.. added.Zip(before, (add, was) => add + was)], output.Row(row), subject.Tolerance, $"output of row {row} of {rig.Rows}");
        }
    }
}
