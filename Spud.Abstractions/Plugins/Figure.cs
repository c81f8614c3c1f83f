using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// A sum that a component counts for itself, by sequence: receipts show it as reported by the plugin, and nothing is ever billed by it.
/// What a step added counts when the step is committed. Called from the thread that calls the component.
/// </summary>
/// <param name="name">For people: "dropped experts".</param>
/// <param name="sequences">Largest number of sequences, see <see cref="Limits.Sequences"/>.</param>
[Experimental(Experiments.Id)]
public sealed class Figure(string name, int sequences)
{
    private readonly double[] _pending = new double[sequences];

    /// <summary>For people: "dropped experts".</summary>
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

    /// <summary>For the host: what was added for a sequence and has not been taken yet.</summary>
    public double Take(int sequence)
    {
        double amount = _pending[sequence];
        _pending[sequence] = 0;
        return amount;
    }
}
