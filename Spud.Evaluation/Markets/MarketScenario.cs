using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud.Evaluation.Markets;

/// <summary>What happens in a simulated market: who asks for what and when, on which engine, under which scheduler.</summary>
public sealed class MarketScenario
{
    /// <summary>Its name, for people.</summary>
    public string Name { get; set; } = "";

    /// <summary>The scheduler: an object with <c>use</c> and its options, as in <c>pipeline.json</c>; absent: <c>fifo</c>.</summary>
    public JsonElement? Scheduler { get; set; }

    /// <summary>Simulated time, in seconds.</summary>
    public double Seconds { get; set; } = 60;

    /// <summary>Seed of everything that is drawn.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>A job that has not begun after so many seconds counts as starved.</summary>
    public double StarvedAfterSeconds { get; set; } = 30;

    /// <summary>The engine.</summary>
    public SimulatedHardware Engine { get; set; } = new();

    /// <summary>Shares of accounts that differ from 1, by name.</summary>
    public Dictionary<string, double> Weights { get; set; } = [];

    /// <summary>The streams of jobs.</summary>
    public JobStream[] Streams { get; set; } = [];
}

/// <summary>The engine of a simulation. A step takes <see cref="StepMilliseconds"/>, and <see cref="RowMilliseconds"/> more for each row.</summary>
public sealed class SimulatedHardware
{
    /// <summary>Maximum rows of a step.</summary>
    public int Rows { get; set; } = 128;

    /// <summary>Maximum sequences.</summary>
    public int Sequences { get; set; } = 8;

    /// <summary>Pages.</summary>
    public int Pages { get; set; } = 1024;

    /// <summary>Tokens of a page.</summary>
    public int PageTokens { get; set; } = 16;

    /// <summary>Compute of a row, in CU.</summary>
    public double RowComputeUnits { get; set; } = 0.27;

    /// <summary>Duration of a step without its rows.</summary>
    public double StepMilliseconds { get; set; } = 4;

    /// <summary>Duration of a row.</summary>
    public double RowMilliseconds { get; set; } = 0.5;
}

/// <summary>Jobs of one account with one distribution.</summary>
public sealed class JobStream
{
    /// <summary>The account.</summary>
    public string Account { get; set; } = "";

    /// <summary>Urgency, 0 .. 3.</summary>
    public int Tier { get; set; } = 2;

    /// <summary>The lane.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<JobLane>))]
    public JobLane Lane { get; set; }

    /// <summary>When jobs arrive.</summary>
    public Arrivals Arrivals { get; set; } = new();

    /// <summary>Tokens of the prompt, from and to.</summary>
    public int[] Prompt { get; set; } = [16, 16];

    /// <summary>Tokens of the answer, from and to.</summary>
    public int[] Output { get; set; } = [16, 16];

    /// <summary>What a CU is worth to the account, from and to, drawn for each job; absent: nothing.</summary>
    public double[] Value { get; set; } = [0, 0];

    /// <summary>What a spot job bids, as a part of its value; absent: it pays the posted price, if that is not above its value.</summary>
    public double? Bid { get; set; }

    /// <summary>Time until a result is worth nothing, from arrival, in seconds; the job is cancelled then. Absent: none.</summary>
    public double? DeadlineSeconds { get; set; }

    /// <summary>What the scheduler is told of that time, as a part of it.</summary>
    public double ClaimedDeadline { get; set; } = 1;
}

/// <summary>When the jobs of a stream arrive. Several kinds add up.</summary>
public sealed class Arrivals
{
    /// <summary>Beginning, in seconds.</summary>
    public double From { get; set; }

    /// <summary>End, in seconds; absent: that of the simulation.</summary>
    public double? To { get; set; }

    /// <summary>Jobs that are there at the beginning.</summary>
    public int Flood { get; set; }

    /// <summary>Poisson arrivals per second.</summary>
    public double PerSecond { get; set; }

    /// <summary>Poisson arrivals per second at the end, if the rate changes; it changes linearly.</summary>
    public double? PerSecondAtEnd { get; set; }

    /// <summary>Jobs that arrive at each arrival.</summary>
    public int Copies { get; set; } = 1;

    /// <summary>Length of a phase with arrivals; absent: there are no others.</summary>
    public double? OnSeconds { get; set; }

    /// <summary>Length of a phase without.</summary>
    public double OffSeconds { get; set; }

    /// <summary>A file with a line for each job: seconds, tokens of the prompt, tokens of the answer, with commas between them.</summary>
    public string? Trace { get; set; }
}
