using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// A sum per sequence that a component reports. Receipts show it as reported by the plugin; it is never billed. What a step adds counts when
/// the step is committed. Used on the thread that calls the component.
/// </summary>
/// <param name="name">Name for people: "dropped experts".</param>
/// <param name="sequences"><see cref="Limits.Sequences"/>.</param>
[Experimental(Experiments.Id)]
public sealed class Figure(string name, int sequences)
{
    private readonly double[] _pending = new double[sequences];

    /// <summary>Name for people: "dropped experts".</summary>
    public string Name => name;

    /// <summary>Adds to the sum of a sequence.</summary>
    /// <param name="sequence">One of the step's.</param>
    /// <param name="amount">Finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">The amount is not finite.</exception>
    public void Add(in SequenceSlice sequence, double amount)
    {
        if (!double.IsFinite(amount))
            throw new ArgumentOutOfRangeException(nameof(amount), amount, $"figure '{name}': expected a finite amount");

        _pending[sequence.Id] += amount;
    }

    /// <summary>Called by the host: returns what was added for a sequence since the last call, and resets it to 0.</summary>
    public double Take(int sequence)
    {
        double amount = _pending[sequence];
        _pending[sequence] = 0;
        return amount;
    }
}
