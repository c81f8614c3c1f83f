using System.Text.Json;
using System.Text.Json.Serialization;
using Spud.Accounts;

namespace Spud.Server.Background;

/// <summary>A job as its client sees it.</summary>
internal sealed record JobView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The kind of object.</summary>
    public string Object => "job";

    /// <summary>queued, running, finished, failed, cancelled or handed_back.</summary>
    public required string Status { get; init; }

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>Maximum compute, in CU.</summary>
    public required decimal ComputeUnits { get; init; }

    /// <summary>Bid per CU; null for none.</summary>
    public decimal? Bid { get; init; }

    /// <summary>Without a bid: the scheduler's price per CU when it was submitted; null for none.</summary>
    public decimal? Quote { get; init; }

    /// <summary>floor or spot.</summary>
    public required string Lane { get; init; }

    /// <summary>Urgency, 0 to 3.</summary>
    public int Tier { get; init; }

    /// <summary>When its result stops being useful.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The most that it can be charged.</summary>
    public decimal Reserved { get; init; }

    /// <summary>What was charged; null while it is open.</summary>
    public decimal? Charge { get; init; }

    /// <summary>Currency of both.</summary>
    public required string Currency { get; init; }

    /// <summary>What it used, in CU.</summary>
    public decimal? ComputeUnitsUsed { get; init; }

    /// <summary>When it was submitted.</summary>
    public DateTimeOffset Submitted { get; init; }

    /// <summary>When it began to run.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Why it failed, was handed back, or was cancelled without its client asking for it.</summary>
    public string? Reason { get; init; }

    /// <summary>The answer, a chat completion; null while there is none.</summary>
    public JsonElement? Answer { get; init; }

    /// <summary>The view of a job.</summary>
    public static JobView Of(Job job) => new()
    {
        Id = job.Id,
        Status = JsonNamingPolicy.SnakeCaseLower.ConvertName($"{job.Status}"),
        Model = job.Model,
        ComputeUnits = job.ComputeUnits,
        Bid = job.Bid,
        Quote = job.Quote,
        Lane = $"{job.Lane}".ToLowerInvariant(),
        Tier = job.Tier,
        Deadline = job.Deadline,
        Reserved = job.Reserved,
        Charge = job.Charge,
        Currency = job.Currency,
        ComputeUnitsUsed = job.ComputeUnitsUsed,
        Submitted = job.Submitted,
        Started = job.Started,
        Ended = job.Ended,
        Reason = job.Reason,
        Answer = job.Answer is { } answer ? JsonDocument.Parse(answer).RootElement : null,
    };
}

/// <summary>The newest jobs of an account.</summary>
/// <param name="Data">The jobs.</param>
internal sealed record JobList(JobView[] Data)
{
    /// <summary>The kind of object.</summary>
    public string Object => "list";
}

/// <summary>A job has all of its fields, null or not.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(JobList))]
internal sealed partial class JobJson : JsonSerializerContext;
