using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Spud.Sampling;

/// <summary>
/// Chooses the tokens of one sequence. The chain is llama.cpp's default: logit bias, penalties, top-k, top-p, min-p, temperature, random draw
/// (common/common.h, src/llama-sampler.cpp). Equal logits are ranked by lower id. The draw runs over the kept tokens by ascending id with
/// <see cref="Xoshiro256"/> and weights in double; logits, options, seed and accepted tokens determine the result on every platform.
/// Not thread-safe. Allocates only in its constructor.
/// </summary>
public sealed class Sampler
{
    // Up to this size a heap finds the top k in one pass; beyond, a selection over all keys is faster.
    private const int HeapAtMost = 1024;

    // JSON readers that use floating-point numbers can read this many bits exactly.
    private const int DrawnBits = 53;

    private readonly float _temperature, _topP, _minP;
    private readonly int _topK; // 0 if it keeps everything
    private readonly LogitAdjustment _adjustment;
    private readonly ulong[] _keys;
    private readonly double[] _weights;
    private double[] _residuals = [];
    private Xoshiro256 _random;
    private float[]? _allowedLogits;

    /// <summary>Creates a sampler.</summary>
    /// <param name="options">How tokens are chosen.</param>
    /// <param name="vocabularySize">Number of tokens in the tokenizer. A model may have more logits, as padding of its matrices: they are never chosen.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Sampler(SamplingOptions options, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        options.Validate(vocabularySize);
        VocabularySize = vocabularySize;
        (_temperature, _topP, _minP) = (options.Temperature, options.TopP, options.MinP);
        _topK = options.TopK < vocabularySize ? options.TopK : 0;
        _adjustment = new LogitAdjustment(options, vocabularySize);
        Seed = options.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) >> (64 - DrawnBits);
        _random = new Xoshiro256(Seed);
        int scratch = _temperature == 0 ? 0 : _topK is > 0 and <= HeapAtMost ? _topK : vocabularySize;
        _keys = new ulong[scratch];
        _weights = new double[scratch];
        LogProbabilities = options.LogProbabilities > 0 ? new LogProbabilities(Math.Min(options.LogProbabilities, vocabularySize)) : null;
    }

    /// <summary>Number of tokens that can be chosen: ids are below it.</summary>
    public int VocabularySize { get; }

    /// <summary>The seed in use: the requested one, or a random one.</summary>
    public ulong Seed { get; }

    /// <summary>The log-probabilities of the last sampled token; null if the options request none.</summary>
    public LogProbabilities? LogProbabilities { get; }

    /// <summary>
    /// Chooses the next token; call <see cref="Accept"/> for the penalties to take it into account.
    /// </summary>
    /// <param name="logits">At least one for each token, finite or negative infinity. Changed during the call (bias, penalties) and restored before it returns.</param>
    /// <exception cref="ArgumentException">There are fewer logits than tokens.</exception>
    /// <exception cref="InvalidDataException">A logit is NaN or positive infinity, or none is finite: a component of the pipeline is faulty, or the biases ban every token.</exception>
    public int Sample(Span<float> logits) => Sample(logits, default);

    /// <summary>
    /// Chooses the next token where a drafter drew one: it is chosen as often as it can be without changing the distribution, which is the one without a
    /// draft (rejection sampling; Leviathan et al., "Fast Inference from Transformers via Speculative Decoding", 2023). A token that was not drawn from a
    /// known distribution changes nothing: the result is then that of the other overload, including the random numbers that it takes.
    /// </summary>
    /// <param name="logits">As in the other overload.</param>
    /// <param name="proposal">What the drafter drew.</param>
    /// <inheritdoc cref="Sample(Span{float})" path="/exception"/>
    public int Sample(Span<float> logits, in Proposal proposal)
    {
        logits = Required(logits);
        int chosen = _adjustment.IsIdle ? Choose(logits, proposal) : ChooseAdjusted(logits, proposal);
        LogProbabilities?.Compute(logits, chosen);
        return chosen;
    }

    /// <summary>
    /// Chooses one of the tokens that a constraint allows: the others are removed before everything else, and the draw is the one of their
    /// logits alone. Log-probabilities are those of the model, as if there were no constraint.
    /// </summary>
    /// <param name="logits">As in the other overload; not changed.</param>
    /// <param name="allowed">A bit for each token: <c>id % 64</c> of word <c>id / 64</c>.</param>
    /// <inheritdoc cref="Sample(Span{float})" path="/exception"/>
    public int Sample(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> allowed) => Sample(logits, allowed, default);

    /// <summary>Both: a constraint, and a token that a drafter drew.</summary>
    /// <inheritdoc cref="Sample(ReadOnlySpan{float}, ReadOnlySpan{ulong})"/>
    /// <inheritdoc cref="Sample(Span{float}, in Proposal)" path="/param"/>
    public int Sample(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> allowed, in Proposal proposal)
    {
        logits = Required(logits);
        _allowedLogits ??= new float[VocabularySize]; // once for a request
        Selection.Where(logits, allowed, _allowedLogits);
        int chosen = _adjustment.IsIdle ? Choose(_allowedLogits, proposal) : ChooseAdjusted(_allowedLogits, proposal);
        LogProbabilities?.Compute(logits, chosen);
        return chosen;
    }

    /// <summary>Records that a token occurs in the text: call it for each sampled token that is kept and, if the penalties should see the prompt, for the prompt's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public void Accept(int id)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)VocabularySize, nameof(id));
        _adjustment.Accept(id);
    }

    private Span<float> Required(Span<float> logits)
    {
        _ = Required((ReadOnlySpan<float>)logits);
        return logits[..VocabularySize];
    }

    private ReadOnlySpan<float> Required(ReadOnlySpan<float> logits) => logits.Length >= VocabularySize
        ? logits[..VocabularySize]
        : throw new ArgumentException($"logits: expected at least {VocabularySize}, got {logits.Length}.", nameof(logits));

    private int ChooseAdjusted(Span<float> logits, in Proposal proposal)
    {
        _adjustment.Apply(logits);
        try
        {
            return Choose(logits, proposal);
        }
        finally
        {
            _adjustment.Restore(logits);
        }
    }

    private int Choose(ReadOnlySpan<float> logits, in Proposal proposal)
    {
        int best = Selection.ArgMax(logits, out float max);
        if (!float.IsFinite(max))
        {
            throw Unusable(logits, max);
        }
        return _temperature == 0 ? best : Draw(logits, max, proposal);
    }

    // Each filter keeps a top part of the ranking, so together they keep the smallest of these parts: the one above the highest cut.
    private int Draw(ReadOnlySpan<float> logits, float max, in Proposal proposal)
    {
        ulong cut = Math.Max(Candidate.LowestFinite, TopKCut(logits));
        if (_topP < 1)
        {
            cut = Math.Max(cut, TopPCut(logits, max, cut));
        }
        if (_minP > 0)
        {
            cut = Math.Max(cut, Candidate.AtLeast(max + Math.Log(_minP)));
        }
        int count = Selection.Gather(logits, cut, _keys);
        double total = Weigh(count, max, _temperature);
        if (proposal.IsDrawn && IsRejected(proposal, count, ref total) is false)
            return proposal.Token;

        return Drawn(total);
    }

    /// <summary>
    /// Draws whether a proposed token is rejected. If so, the weights that remain are those by which each token is more likely here than it was for the drafter.
    /// </summary>
    private bool IsRejected(in Proposal proposal, int count, ref double total)
    {
        double all = 0, drawn = _random.NextDouble() * proposal.Probability, weight = 0, remaining = 0;
        foreach (float probability in proposal.Probabilities)
            all += probability;

        if (_residuals.Length < count)
            _residuals = new double[_weights.Length]; // once for a request

        int choice = 0;
        for (int i = 0; i < count; i++)
        {
            int id = Candidate.Id(_keys[i]);
            if (id == proposal.Token)
                weight = _weights[i];
            while (choice < proposal.Choices.Length && proposal.Choices[choice] < id)
                choice++;
            bool isChoice = choice < proposal.Choices.Length && proposal.Choices[choice] == id;
            _residuals[i] = isChoice ? Math.Max(0, _weights[i] - proposal.Probabilities[choice] / all * total) : _weights[i];
            remaining += _residuals[i];
        }

        // Nothing remains only if both distributions are the same up to roundings.
        if (drawn / all * total < weight || remaining <= 0)
            return weight <= 0;

        _residuals.AsSpan(0, count).CopyTo(_weights);
        total = remaining;
        return true;
    }

    private int Drawn(double total)
    {
        double target = _random.NextDouble() * total;
        // The same additions as in the total, which exceeds the target: the loop ends early, and never at a weight of 0.
        double sum = _weights[0];
        int i = 0;
        while (sum <= target)
        {
            sum += _weights[++i];
        }
        return Candidate.Id(_keys[i]);
    }

    private ulong TopKCut(ReadOnlySpan<float> logits)
    {
        if (_topK == 0)
        {
            return 0;
        }
        if (_topK <= HeapAtMost)
        {
            Selection.Best(logits, _keys);
            return _keys[0];
        }
        int count = Selection.Gather(logits, Candidate.LowestFinite, _keys);
        Span<double> ones = _weights.AsSpan(0, count);
        ones.Fill(1);
        return count <= _topK ? 0 : Selection.CutByWeight(_keys.AsSpan(0, count), ones, _topK);
    }

    private ulong TopPCut(ReadOnlySpan<float> logits, float max, ulong cut)
    {
        double total;
        int count;
        if (_topK > 0)
        {
            count = Selection.Gather(logits, cut, _keys);
            total = Weigh(count, max, 1);
        }
        else
        {
            // All tokens with smaller weights together weigh less than half of what top-p leaves out, so the cut is above them.
            total = PortableExp.Sum(logits, max);
            double lightest = (1.0 - _topP) * total / (2.0 * logits.Length);
            count = Selection.Gather(logits, Math.Max(cut, Candidate.AtLeast(max + Math.Log(lightest))), _keys);
            Weigh(count, max, 1);
        }
        double target = Math.Max(_topP * total, double.Epsilon);
        return Selection.CutByWeight(_keys.AsSpan(0, count), _weights.AsSpan(0, count), target);
    }

    // weights[i] = exp((logit - max) / temperature); returns their sum, added from first to last.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Weigh(int count, float max, float temperature)
    {
        Span<double> weights = _weights.AsSpan(0, count);
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = ((double)Candidate.Logit(_keys[i]) - max) / temperature;
        }
        PortableExp.InPlace(weights);
        double sum = 0;
        foreach (double weight in weights)
        {
            sum += weight;
        }
        return sum;
    }

    private InvalidDataException Unusable(ReadOnlySpan<float> logits, float max)
    {
        if (float.IsNegativeInfinity(max))
        {
            return new InvalidDataException($"logits: none of {logits.Length} is above negative infinity: "
                + (_adjustment.IsIdle && _allowedLogits is null ? "a component of the pipeline is faulty." : "LogitBias bans every token that the model and the constraint allow, or a component of the pipeline is faulty."));
        }
        int id = 0;
        while (!float.IsNaN(logits[id]) && !float.IsPositiveInfinity(logits[id]))
        {
            id++;
        }
        return new InvalidDataException($"logits: token {id} of {logits.Length} has {logits[id]}, expected a number or negative infinity: a component of the pipeline is faulty.");
    }
}
