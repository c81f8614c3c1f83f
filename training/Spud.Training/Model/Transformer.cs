using Spud.Training.Kernels;
using Spud.Training.Model.Selection;
using static TorchSharp.torch;

namespace Spud.Training.Model;

/// <summary>
/// The model in training: qwen3, or qwen3moe with several experts, with the embedding as head. Products are in
/// <typeparamref name="TE"/>; the residual stream, norms, softmax, router and losses are in f32. Forward and backward passes are written by
/// hand: libtorch's autograd would create and keep several times as many tensors.
/// </summary>
internal sealed class Transformer<TE> : IDisposable
    where TE : unmanaged, IElement<TE>
{
    private const int HeadRows = 1024;

    private readonly ModelShape _shape;
    private readonly int _sequences;
    private readonly IBlock[] _blocks;
    private readonly Tensor[] _hidden;
    private readonly Weight<TE> _embedding, _norm;
    private readonly Tensor _inverse, _normed, _gradient;
    private readonly ushort[] _inputs, _targets;

    /// <param name="parameters">Its weights.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="sequences">Texts per pass.</param>
    /// <param name="training">Training of its routers.</param>
    /// <param name="selections">[L]: rules instead of the recipe's; null for the recipe's.</param>
    public Transformer(ParameterSet parameters, ModelShape shape, int sequences, MixtureTraining training, IReadOnlyList<IExpertSelection>? selections = null)
    {
        (_shape, _sequences) = (shape, sequences);
        _blocks = [.. Enumerable.Range(0, shape.Layers).SelectMany(layer => (IBlock[])
        [
            new AttentionBlock<TE>(parameters, shape, sequences, layer),
            shape.Experts > 1 ? new MixtureBlock<TE>(parameters, shape, sequences, layer, training, selections?[layer]) : new DenseBlock<TE>(parameters, shape, sequences, layer),
        ])];
        (_embedding, _norm) = (new(parameters, "token_embd"), new(parameters, "output_norm"));
        int rows = sequences * shape.Tokens;
        _hidden = [.. _blocks.Append(null).Select(_ => empty(rows, shape.HiddenWidth))];
        (_inverse, _normed, _gradient) = (empty(rows), empty(rows, shape.HiddenWidth, TE.Type), empty(rows, shape.HiddenWidth));
        (_inputs, _targets, Losses) = (new ushort[rows], new ushort[rows], new float[rows]);
    }

    /// <summary>Loss of every row of the last pass, in nats.</summary>
    public float[] Losses { get; }

    /// <summary>Routing of the last pass by layer; empty for a dense model.</summary>
    public IEnumerable<ExpertAssignment> Plans => _blocks.OfType<MixtureBlock<TE>>().Select(static block => block.Plan);

    /// <summary>The step that passes belong to, counted from 0; null for inference.</summary>
    public int? TrainingStep
    {
        set
        {
            foreach (MixtureBlock<TE> block in _blocks.OfType<MixtureBlock<TE>>())
                block.TrainingStep = value;
        }
    }

    /// <summary>Parameters of the model, followed by the recipe's state, so that a branch with another recipe has the same beginning.</summary>
    public static IEnumerable<Parameter> Parameters(ModelShape shape, RoutingRecipe recipe) =>
        Parameters(shape).Concat(Enumerable.Range(0, shape.Experts > 1 ? shape.Layers : 0).SelectMany(layer => recipe.Parameters(shape, layer)));

    private static IEnumerable<Parameter> Parameters(ModelShape shape)
    {
        yield return new("token_embd", 0.02, true, shape.Vocabulary, shape.HiddenWidth);
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            IEnumerable<Parameter> inner = shape.Experts > 1 ? MixtureBlock<TE>.Parameters(shape, layer) : DenseBlock<TE>.Parameters(shape, layer);
            foreach (Parameter parameter in AttentionBlock<TE>.Parameters(shape, layer).Concat(inner))
                yield return parameter;
        }

        yield return new("output_norm", 0, false, shape.HiddenWidth);
    }

    /// <summary>Computes the losses of a batch.</summary>
    /// <param name="tokens">[sequences, T + 1].</param>
    public void Forward(ReadOnlySpan<ushort> tokens)
    {
        ForwardBlocks(tokens);
        ForEachHeadRun((hidden, targets, losses, _) =>
        {
            using Tensor logits = Products.Forward(hidden, _embedding.Value);
            CrossEntropy.Forward<TE>(logits, targets.Span, losses.Span);
        });
    }

    /// <summary>Like <see cref="Forward"/>, and adds the gradients of the mean loss.</summary>
    public void ForwardBackward(ReadOnlySpan<ushort> tokens)
    {
        ForwardBlocks(tokens);
        using Tensor dNormed = empty(_normed.shape, TE.Type);
        ForEachHeadRun((hidden, targets, losses, start) =>
        {
            using Tensor logits = Products.Forward(hidden, _embedding.Value), target = dNormed.narrow(0, start, hidden.shape[0]);
            CrossEntropy.ForwardBackward<TE>(logits, targets.Span, losses.Span, 1f / Losses.Length);
            using Tensor dHidden = Products.ToInput(logits, _embedding.Value), dHead = Products.ToWeight(logits, hidden);
            target.copy_(dHidden);
            _embedding.AddGradient(dHead);
        });
        _gradient.zero_().Dispose();
        RmsNorm.Backward<TE>(dNormed, _hidden[^1], _norm.Exact, _inverse, _gradient, _norm.Gradient);
        for (int i = _blocks.Length - 1; i >= 0; i--)
            _blocks[i].Backward(_hidden[i], _gradient);

        Embedding.Backward(_gradient, _inputs, _embedding.Gradient);
    }

    public void Dispose()
    {
        foreach (IDisposable owned in (IDisposable[])[.. _blocks, .. _hidden, _embedding, _norm, _inverse, _normed, _gradient])
            owned.Dispose();
    }

    private void ForwardBlocks(ReadOnlySpan<ushort> tokens)
    {
        int length = _shape.Tokens;
        for (int i = 0; i < _sequences; i++)
        {
            ReadOnlySpan<ushort> row = tokens.Slice(i * (length + 1), length + 1);
            row[..^1].CopyTo(_inputs.AsSpan(i * length));
            row[1..].CopyTo(_targets.AsSpan(i * length));
        }

        Embedding.Forward(_embedding.Exact, _inputs, _hidden[0]);
        for (int i = 0; i < _blocks.Length; i++)
            _blocks[i].Forward(_hidden[i], _hidden[i + 1]);

        RmsNorm.Forward<TE>(_hidden[^1], _norm.Exact, _normed, _inverse, _shape.NormEpsilon);
    }

    // Logits of all rows at once would take 67 MB and be evicted from the caches between passes.
    private void ForEachHeadRun(Action<Tensor, ReadOnlyMemory<ushort>, Memory<float>, int> compute)
    {
        for (int start = 0; start < Losses.Length; start += HeadRows)
        {
            int count = Math.Min(HeadRows, Losses.Length - start);
            using Tensor hidden = _normed.narrow(0, start, count);
            compute(hidden, _targets.AsMemory(start, count), Losses.AsMemory(start, count), start);
        }
    }
}
