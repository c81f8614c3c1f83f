using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Execution;

namespace Spud.Composition;

/// <summary>Derives the explanation of a plan from its operations; identical layers are listed once.</summary>
internal static class StepExplainer
{
    public static StepExplanation Explain(StepPlan plan, string phase)
    {
        List<(List<int> Layers, ImmutableArray<OperationExplanation> Operations)> groups = [];
        foreach ((int? layer, ImmutableArray<OperationExplanation> operations) in Segments(plan))
        {
            int alike = layer is null ? -1 : groups.FindIndex(group => group.Layers.Count > 0 && group.Operations.SequenceEqual(operations));
            if (alike < 0)
                groups.Add((layer is { } first ? [first] : [], operations));
            else
                groups[alike].Layers.Add(layer!.Value);
        }

        return new(phase, [.. groups.Select(group => new OperationGroup(group.Layers.Count == 0 ? null : LayerNumbers.Text(group.Layers), group.Operations))]);
    }

    private static IEnumerable<(int? Layer, ImmutableArray<OperationExplanation> Operations)> Segments(StepPlan plan)
    {
        Operation[] all = [.. plan.Operations];
        for (int from = 0, to; from < all.Length; from = to)
        {
            to = from + 1;
            while (to < all.Length && all[to].Layer == all[from].Layer)
                to++;

            yield return (all[from].Layer, [.. all[from..to].Select(Explain)]);
        }
    }

    private static OperationExplanation Explain(Operation operation) => operation is CopyOperation copy
        ? new(copy.Name, copy.Component.Role.Name, copy.Component.Name, copy.Domain.Memory.Name, copy.What, copy.From.Memory.Name, copy.BytesPerToken)
        : new(operation.Name, operation.Component.Role.Name, operation.Component.Name, operation.Domain.Memory.Name, Copies: null, From: null, BytesPerToken: 0);
}
