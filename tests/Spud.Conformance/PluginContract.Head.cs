using Spud.Configuration;
using Spud.Conformance.Cases;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Spud.Conformance.Rigs;

namespace Spud.Conformance;

/// <summary>Both ends of a model.</summary>
public abstract partial class PluginContract
{
    /// <summary>Embeddings, logits and, where the head gives them, rows behind the final norm, on every trait that the head knows.</summary>
    [ContractTheory]
    [OfRole(Roles.Head, typeof(HeadModels))]
    public void Embeddings_and_logits_are_those_of_the_definition(string component, string model) =>
        CheckHead(component, new() { Model = HeadModels.Of(model), MayBeRefused = model == "odd widths" });

    /// <summary>Likewise from matrices of every type; where a type is refused, the refusal is shown.</summary>
    [ContractTheory]
    [OfRole(Roles.Head, typeof(WeightTypes))]
    public void Logits_are_right_from_weights_of_a_type(string component, string type) =>
        CheckHead(component, new() { Model = new() { Hidden = 256, Vocabulary = 40 }, Weights = WeightTypes.Of(type), MayBeRefused = type != "F32" });

    /// <summary>One row, all rows that fit, the last row alone, rows in the middle.</summary>
    [ContractTheory]
    [OfRole(Roles.Head)]
    public void Logits_are_those_of_the_rows_that_are_asked_for(string component)
    {
        foreach (int[] rows in new int[][] { [0], [8], [3], [0, 1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 5, 8] })
            CheckHead(component, new() { Model = new(), Slices = TestStep.Slices((8, 5), (1, 70)) }, rows);
    }

    private void CheckHead(string component, RigSettings settings, int[]? rows = null)
    {
        Subject subject = Plugin[Roles.Head, component];
        using HeadRig rig = new(subject, settings, rows);
        rig.Call(rig.Run);
        HeadOracle oracle = new(rig.Model, rig.Build);
        int[] ids = TestStep.Rows(settings.Slices, rig.Model.Vocabulary).TokenIds;
        (Output embedded, float[] logits, int v) = (rig.Outputs[0], rig.Outputs[1].Values, rig.Model.Vocabulary);
        for (int row = 0; row < ids.Length; row++)
            Agreement.Near(oracle.Embed(ids[row]), embedded.Row(row), subject.Tolerance, $"embedding of row {row}");
        for (int i = 0; i < rig.LogitRows.Length; i++)
        {
            double[] hidden = Plain.Row(rig.Hidden.Floats, rig.LogitRows[i], rig.Model.Hidden);
            Agreement.Near(oracle.Logits(hidden), logits.AsSpan(i * v, v), subject.Tolerance, $"logits of row {rig.LogitRows[i]}");
            if (rig.GivesNormedRows)
                Agreement.Near(oracle.Normed(hidden), rig.Outputs[2].Values.AsSpan(i * rig.Model.Hidden, rig.Model.Hidden), subject.Tolerance, $"normed row {rig.LogitRows[i]}");
        }
    }
}
