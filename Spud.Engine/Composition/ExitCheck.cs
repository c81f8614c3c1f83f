using Spud.Configuration;
using Spud.Execution;

namespace Spud.Composition;

/// <summary>Checks that the other parts of a pipeline can do without rows that leave early.</summary>
/// <param name="depth">The policy.</param>
/// <param name="exits">Where rows leave.</param>
/// <param name="layers">L.</param>
internal sealed class ExitCheck(LayerDepth depth, EarlyExits exits, int layers)
{
    /// <exception cref="CompositionException">A component does not go with the policy.</exception>
    public void Require(BoundComponent head, LayerParts[][] parts, PageStore pages, SequenceStates states, TokenDrafter? drafter)
    {
        if (exits.Missing == MissingKeys.Hole && drafter is not null)
            throw Refusal($"leaves holes where rows left, and drafter '{drafter.Name}' verifies several rows of a text at once, of which some would have to be computed without others: leave out the drafter, or fill the keys");

        RequireHost(head);
        for (int layer = 0; layer < layers; layer++)
        {
            foreach (LayerParts[] phase in parts)
            {
                RequireHost(phase[layer].Attention);
                RequireHost(phase[layer].Experts);
                if (phase[layer].Router is { } router)
                    RequireHost(router);
            }

            if (!exits.MayBeGoneBefore(layer))
                continue;
            if (pages.Layers[layer].Shards is not null)
                throw Refusal($"computes keys of layer {layer} for rows that left, and the attention there keeps its keys in several places ('fold'): leave out the decorator that shards them, or the policy");

            foreach (Role role in Role.All)
            {
                if (states.Of(role, layer) is { } state)
                    throw Refusal($"lets rows leave before layer {layer}, where {role} '{state.Name}' keeps a state of every row of a text: use another {role}, or none of that kind after layer {exits.Layers[0]}");
            }
        }
    }

    private void RequireHost(BoundComponent component)
    {
        if (!component.Domain.IsHost)
            throw Refusal($"decides about rows in host memory, and {component.Role} '{component.Name}' computes on {component.Domain.Memory.Name}: use components that compute in host memory, such as 'cpu'");
    }

    private CompositionException Refusal(string why) => new($"{Roles.Depth} '{depth.Name}' {why}.");
}
