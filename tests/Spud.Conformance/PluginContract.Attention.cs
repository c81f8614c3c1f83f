using Spud.Configuration;
using Spud.Conformance.Cases;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Spud.Conformance.Rigs;

namespace Spud.Conformance;

/// <summary>What comes before and after the keys.</summary>
public abstract partial class PluginContract
{
    /// <summary>Queries, keys and values, on every trait that the attention knows.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention, typeof(ProjectModels))]
    public void Queries_keys_and_values_are_those_of_the_definition(string component, string model) =>
        CheckProject(component, new() { Model = ProjectModels.Of(model), Slices = TestStep.Slices((19, 3), (1, 900), (1, 0)), MayBeRefused = model != "plain" });

    /// <summary>Far beyond what models are trained for; angles of single precision are off by hundredths there.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention)]
    public void Far_positions_turn_as_exactly_as_near_ones(string component) => CheckProject(component, new()
    {
        Model = ProjectModels.Of("plain"),
        Slices = TestStep.Slices((2, 131_070), (1, 65_537)),
        Limits = new() { Rows = 8, Sequences = 8, ContextTokens = 131_072, LogitRows = 8 },
    });

    /// <summary>Likewise from matrices of every type; where a type is refused, the refusal is shown.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention, typeof(WeightTypes))]
    public void Attention_is_right_from_weights_of_a_type(string component, string type)
    {
        RigSettings settings = new() { Model = new() { Hidden = 256, QueryHeads = 4, KvHeads = 2, KeyWidth = 64, ValueWidth = 64 }, Weights = WeightTypes.Of(type), MayBeRefused = type != "F32" };
        CheckProject(component, settings);
        CheckFinish(component, settings);
    }

    /// <summary>What is added to the residual stream, on every trait that the attention knows.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention, typeof(FinishModels))]
    public void What_attention_adds_is_that_of_the_definition(string component, string model) =>
        CheckFinish(component, new() { Model = FinishModels.Of(model), Slices = TestStep.Slices((9, 40), (1, 3)), MayBeRefused = model != "plain" });

    private void CheckProject(string component, RigSettings settings)
    {
        Subject subject = Plugin[Roles.Attention, component];
        using AttentionRig rig = new(subject, settings);
        rig.Call(rig.Project);
        AttentionOracle oracle = new(rig.Model, rig.Build);
        int[] positions = TestStep.Rows(settings.Slices, 1, settings.Stride).Positions;
        IReadOnlyList<Output> outputs = rig.Outputs;
        for (int row = 0; row < positions.Length; row++)
        {
            (double[] query, double[] key, double[] value) = oracle.Project(Plain.Row(rig.Hidden.Floats, row, rig.Model.Hidden), positions[row]);
            Agreement.Near(query, outputs[0].Row(row), subject.Tolerance, $"query of row {row}");
            Agreement.Near(key, outputs[1].Row(row), subject.Tolerance, $"key of row {row}");
            Agreement.Near(value, outputs[2].Row(row), subject.Tolerance, $"value of row {row}");
        }
    }

    private void CheckFinish(string component, RigSettings settings)
    {
        Subject subject = Plugin[Roles.Attention, component];
        using AttentionRig rig = new(subject, settings);
        rig.Call(rig.Finish);
        AttentionOracle oracle = new(rig.Model, rig.Build);
        Output output = rig.Outputs[^1];
        for (int row = 0; row < rig.Rows; row++)
        {
            double[] mixed = [.. Enumerable.Range(0, rig.Model.QueryHeads).SelectMany(head => oracle.Divide(rig.FinishedState(row, head), head))];
            double[] before = Plain.Row(rig.Before, row, rig.Model.Hidden);
            Agreement.Near([.. oracle.Finish(mixed).Zip(before, (added, was) => added + was)], output.Row(row), subject.Tolerance, $"output of row {row}");
        }
    }
}
