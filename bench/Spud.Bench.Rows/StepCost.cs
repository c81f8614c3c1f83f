using System.Diagnostics;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;

namespace Spud.Bench.Rows;

/// <summary>What steps of some rows of one sequence take at one depth: milliseconds, by role.</summary>
internal sealed class StepCost(Engine engine, Batch batch, Sequence sequence, int rows, int[] tokens)
{
    private static readonly string[] s_roles = [Roles.Head, Roles.Attention, Roles.Experts];
    private readonly List<double> _times = [];
    private readonly List<double>[] _byRole = [[], [], []];

    public int Rows => rows;

    public double Median => MedianOf(_times);

    /// <summary>Of the head, the attention and the experts.</summary>
    public double[] Medians => [.. _byRole.Select(MedianOf)];

    /// <summary>Computes the step once and takes its rows back.</summary>
    public void Measure()
    {
        int depth = sequence.Tokens;
        Ledger ledger = sequence.StartLedger();
        batch.Clear();
        batch.Add(sequence, tokens.AsSpan(0, rows), Phase.Decode, LogitRows.All);
        long start = Stopwatch.GetTimestamp();
        engine.Run(batch);
        _times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        for (int i = 0; i < s_roles.Length; i++)
            _byRole[i].Add(ledger[Phase.Decode].Of(s_roles[i]).Time.TotalMilliseconds);

        sequence.Truncate(depth);
    }

    /// <summary>Forgets what was measured: the first steps warm up.</summary>
    public void Clear()
    {
        _times.Clear();
        Array.ForEach(_byRole, times => times.Clear());
    }

    private static double MedianOf(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
