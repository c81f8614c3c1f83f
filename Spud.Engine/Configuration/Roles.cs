using System.Collections.Immutable;

namespace Spud.Configuration;

/// <summary>The names of the roles of components.</summary>
public static class Roles
{
    /// <summary>Embedding and output matrix.</summary>
    public const string Head = "head";

    /// <summary>Attention of a layer.</summary>
    public const string Attention = "attention";

    /// <summary>The policy over the pages of keys and values.</summary>
    public const string Cache = "cache";

    /// <summary>Chooses the experts of a layer.</summary>
    public const string Router = "router";

    /// <summary>The feed-forward part of a layer.</summary>
    public const string Experts = "experts";

    /// <summary>Not a role of its own: decorators of an attention's fold, named in its entry.</summary>
    public const string Fold = "fold";

    /// <summary>Not a role of the forward pass: it decides which jobs a step serves.</summary>
    public const string Scheduler = "scheduler";

    /// <summary>Not a role of the forward pass: it guesses tokens, which a step verifies.</summary>
    public const string Drafter = "drafter";

    /// <summary>Not a role of the forward pass: it decides which layers rows pass through.</summary>
    public const string Depth = "depth";

    /// <summary>Roles whose component a conversation can exchange: those of the forward pass, the drafter and the depth policy.</summary>
    public static ImmutableArray<string> Exchangeable { get; } = [.. Role.All.Select(static role => role.Name), Drafter, Depth];

    /// <summary>Roles that a pipeline names once for all layers, and whose component is no part of the forward pass.</summary>
    internal static ImmutableArray<string> Beside { get; } = [Scheduler, Drafter, Depth];

    /// <summary>All roles of the forward pass, in its order.</summary>
    public static ImmutableArray<string> All { get; } = [.. Role.All.Select(static role => role.Name)];
}
