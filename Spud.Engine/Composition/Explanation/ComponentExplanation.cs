using System.Collections.Immutable;
using System.Text.Json;
using Spud.Configuration;

namespace Spud.Composition;

/// <summary>A component at its place.</summary>
public sealed record ComponentExplanation
{
    /// <summary>One of <see cref="Roles"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Its name in the role.</summary>
    public required string Name { get; init; }

    /// <summary>The plugin's id.</summary>
    public required string Plugin { get; init; }

    /// <summary>The plugin's version.</summary>
    public required string Version { get; init; }

    /// <summary>The plugin's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Layers that it serves, "0-3,5"; "all" for a head or cache.</summary>
    public required string Layers { get; init; }

    /// <summary>"prefill", "decode" or "both".</summary>
    public required string Phase { get; init; }

    /// <summary>Every option as it was resolved, defaults included.</summary>
    public required JsonElement Options { get; init; }

    /// <summary>Whether a row's bits do not depend on its neighbours.</summary>
    public required bool RowInvariant { get; init; }

    /// <summary>A router: most experts of a row; null: no router.</summary>
    public required int? ExpertsAtMost { get; init; }

    /// <summary>A router: experts of a row on average over its layers, where it knows that from a calibration.</summary>
    public required double? ExpertsExpected { get; init; }

    /// <summary>The component that is built on it and calls it; null: the pipeline does.</summary>
    public string? Within { get; init; }

    /// <summary>Path of its pack; null: it has none.</summary>
    public string? Pack { get; init; }

    /// <summary>Decorators of an attention's fold with their options, outermost first; empty for other components.</summary>
    public ImmutableArray<DecoratorExplanation> Folds { get; init; } = [];

    /// <summary>Where it works.</summary>
    public required string Domain { get; init; }

    /// <summary>Tensors that it took from the model.</summary>
    public required int Weights { get; init; }

    /// <summary>Bytes of the model file that it goes on reading.</summary>
    public required long MappedBytes { get; init; }

    /// <summary>Memory of its own for its life: weights that it expanded or packed.</summary>
    public required long OwnBytes { get; init; }

    /// <summary>What a native library takes for it in addition, as its author estimates.</summary>
    public required long NativeBytes { get; init; }

    /// <summary>Its share of the arena, in which components take turns.</summary>
    public required long WorkspaceBytes { get; init; }
}

/// <summary>A decorator of an attention's fold.</summary>
/// <param name="Name">"plugin-id/name".</param>
/// <param name="Options">Every option as it was resolved, defaults included.</param>
public sealed record DecoratorExplanation(string Name, JsonElement Options);
