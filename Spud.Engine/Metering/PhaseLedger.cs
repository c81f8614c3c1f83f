using System.Diagnostics;
using Spud.Configuration;

namespace Spud.Metering;

/// <summary>Work of a request in one phase, by layer and role.</summary>
public sealed class PhaseLedger
{
    private readonly Tally[] _tallies;
    private readonly int _layers;
    private long _ticks;

    internal PhaseLedger(Phase phase, PipelineCosts costs) => (Phase, _layers, _tallies) = (phase, costs.Layers, new Tally[costs.Slots]);

    /// <summary>The phase.</summary>
    public Phase Phase { get; }

    /// <summary>Number of steps in which the request took part.</summary>
    public long Steps { get; private set; }

    /// <summary>Its rows in these steps.</summary>
    public long Tokens { get; private set; }

    /// <summary>Rows whose logits were computed.</summary>
    public long LogitRows { get; private set; }

    /// <summary>Duration of these steps. A step shared by several requests counts for each of them; see <see cref="Tally.Time"/> for shares.</summary>
    public TimeSpan WallTime => Stopwatch.GetElapsedTime(0, _ticks);

    /// <summary>Total of all roles and layers.</summary>
    public Tally Total => Sum(_tallies);

    /// <summary>Total of a role in all layers.</summary>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    /// <exception cref="ArgumentException">There is no such role.</exception>
    public Tally Of(string role) => Of(Role.Of(role));

    /// <summary>Counts of a role in one layer.</summary>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    /// <param name="layer">0 .. L - 1; null for what belongs to no layer, such as the head.</param>
    /// <exception cref="ArgumentException">There is no such role.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public Tally Of(string role, int? layer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(layer ?? 0), (uint)(_layers - 1), nameof(layer));
        return _tallies[PipelineCosts.SlotOf(layer ?? _layers, Role.Of(role))];
    }

    /// <summary>Average number of experts per row in a layer; 0 if nothing ran.</summary>
    public double ExpertsPerToken(int layer) => Tokens == 0 ? 0 : (double)Of(Roles.Experts, layer).PlanEntries / Tokens;

    internal Tally Of(Role role)
    {
        Tally sum = default;
        for (int slot = role.Slot; slot < _tallies.Length; slot += Role.All.Length)
            sum += _tallies[slot];

        return sum;
    }

    /// <summary>Counts a step in which the request took part.</summary>
    internal void AddStep(int rows, int logitRows, long ticks) =>
        (Steps, Tokens, LogitRows, _ticks) = (Steps + 1, Tokens + rows, LogitRows + logitRows, _ticks + ticks);

    /// <summary>Adds the work of a role in a layer of the step.</summary>
    internal void Add(int slot, in Tally tally) => _tallies[slot] += tally;

    private static Tally Sum(ReadOnlySpan<Tally> tallies)
    {
        Tally sum = default;
        foreach (ref readonly Tally tally in tallies)
            sum += tally;

        return sum;
    }
}
