namespace Spud.Host;

/// <summary>A load for a server.</summary>
internal sealed record LoadShape
{
    /// <summary>Number of requests that are measured.</summary>
    public required int Requests { get; init; }

    /// <summary>Closed loop: clients that each send the next request when the last has ended. Null for an open loop.</summary>
    public required int? Clients { get; init; }

    /// <summary>Open loop: requests per second, at random times (Poisson), whether or not earlier ones have ended. Null for a closed loop.</summary>
    public required double? Rate { get; init; }

    /// <summary>Words of each prompt.</summary>
    public required int PromptWords { get; init; }

    /// <summary>Tokens of each answer.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Seed of arrival times and prompts.</summary>
    public required int Seed { get; init; }
}
