using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>A component that a document names, found and with its options bound, before it is built.</summary>
/// <param name="Registered">The component.</param>
/// <param name="Options">Bound.</param>
/// <param name="Entry">Where it was named.</param>
/// <param name="Layers">Layers that it serves in some phase, ascending; may be empty.</param>
internal sealed record ChosenComponent(RegisteredComponent Registered, object Options, RoleEntry Entry, ImmutableArray<int> Layers)
{
    /// <summary>Decorators of an attention's fold, outermost first.</summary>
    public ImmutableArray<ChosenComponent> Folds { get; init; } = [];

    public bool Serves(int layer, Phase phase) => Entry.Serves(layer, phase);
}
