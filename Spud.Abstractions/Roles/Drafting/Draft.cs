using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// Guessed tokens, each following the one before, with the distribution that each was drawn from, or none if it was simply chosen. Made by the host and
/// used again and again; what is added is checked.
/// </summary>
[Experimental(Experiments.Id)]
public sealed class Draft
{
    /// <summary>Maximum number of tokens of any draft: more rows in a step cost as much as steps of their own.</summary>
    public const int MaxTokensOfAny = 16;

    // Probabilities in f32 add up to 1 with roundings.
    private const double SumTolerance = 1e-3;

    private readonly int _vocabulary;
    private readonly int[] _tokens = new int[MaxTokensOfAny], _ends = new int[MaxTokensOfAny];
    private int[] _choices = [];
    private float[] _probabilities = [];

    /// <summary>Creates an empty draft of at most 0 tokens; see <see cref="Begin"/>.</summary>
    /// <param name="vocabulary">V: ids are below it.</param>
    public Draft(int vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabulary);
        _vocabulary = vocabulary;
    }

    /// <summary>Maximum number of tokens.</summary>
    public int MaxTokens { get; private set; }

    /// <summary>Current number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>The tokens so far.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>Empties it. Called by the host.</summary>
    /// <param name="maxTokens">Maximum number of tokens, 0 .. <see cref="MaxTokensOfAny"/>.</param>
    public void Begin(int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxTokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxTokens, MaxTokensOfAny);
        (MaxTokens, Count) = (maxTokens, 0);
    }

    /// <summary>Removes the last tokens. Called by the host.</summary>
    /// <param name="count">Number of tokens that remain, at most <see cref="Count"/>.</param>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Count, nameof(count));
        Count = count;
    }

    /// <summary>Adds a token that was chosen, not drawn.</summary>
    /// <param name="token">Below V.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The draft is full.</exception>
    public void Add(int token) => Add(token, [], []);

    /// <summary>Adds a token that was drawn from a distribution over some tokens; all others have no probability.</summary>
    /// <param name="token">Below V; one of <paramref name="choices"/>.</param>
    /// <param name="choices">Ids in ascending order.</param>
    /// <param name="probabilities">For each of them, above 0; together 1.</param>
    /// <exception cref="ArgumentException">An id is not in the vocabulary, or the distribution breaks one of these rules.</exception>
    /// <exception cref="InvalidOperationException">The draft is full.</exception>
    public void Add(int token, ReadOnlySpan<int> choices, ReadOnlySpan<float> probabilities)
    {
        if (Count == MaxTokens)
            throw new InvalidOperationException($"draft: it has {Count} tokens already, and at most {MaxTokens} were asked for");
        if ((uint)token >= (uint)_vocabulary)
            throw new ArgumentOutOfRangeException(nameof(token), token, $"draft: expected an id below {_vocabulary}, the size of the vocabulary");

        RequireDistribution(token, choices, probabilities);
        int start = StartOf(Count), end = start + choices.Length;
        if (end > _choices.Length)
        {
            Array.Resize(ref _choices, Math.Max(end, 2 * _choices.Length));
            Array.Resize(ref _probabilities, _choices.Length);
        }

        choices.CopyTo(_choices.AsSpan(start));
        probabilities.CopyTo(_probabilities.AsSpan(start));
        (_tokens[Count], _ends[Count]) = (token, end);
        Count++;
    }

    /// <summary>The ids that a token was drawn from; none if it was chosen.</summary>
    /// <param name="index">Below <see cref="Count"/>.</param>
    public ReadOnlySpan<int> Choices(int index) => _choices.AsSpan(StartOf(index)..EndOf(index));

    /// <summary>The probability of each of <see cref="Choices"/>.</summary>
    /// <param name="index">Below <see cref="Count"/>.</param>
    public ReadOnlySpan<float> Probabilities(int index) => _probabilities.AsSpan(StartOf(index)..EndOf(index));

    private int StartOf(int index) => index == 0 ? 0 : _ends[index - 1];

    private int EndOf(int index) => index < Count ? _ends[index] : throw new ArgumentOutOfRangeException(nameof(index), index, $"draft: it has {Count} tokens");

    private void RequireDistribution(int token, ReadOnlySpan<int> choices, ReadOnlySpan<float> probabilities)
    {
        if (choices.Length != probabilities.Length)
            throw new ArgumentException($"draft: {choices.Length} choices and {probabilities.Length} probabilities; expected one for each", nameof(probabilities));
        if (choices.IsEmpty)
            return;

        double sum = 0;
        for (int i = 0; i < choices.Length; i++)
        {
            if ((uint)choices[i] >= (uint)_vocabulary || (i > 0 && choices[i] <= choices[i - 1]))
                throw new ArgumentException($"draft: choice {i} is {choices[i]}; expected ids below {_vocabulary} in ascending order", nameof(choices));
            if (probabilities[i] is not (> 0 and <= 1 + (float)SumTolerance))
                throw new ArgumentException($"draft: token {choices[i]} has the probability {probabilities[i]}; expected one above 0, up to 1", nameof(probabilities));

            sum += probabilities[i];
        }

        if (Math.Abs(sum - 1) > SumTolerance)
            throw new ArgumentException($"draft: the probabilities add up to {sum:G6}; expected 1", nameof(probabilities));
        if (choices.BinarySearch(token) < 0)
            throw new ArgumentException($"draft: token {token} is not one of its choices; expected one that was drawn from them", nameof(token));
    }
}
