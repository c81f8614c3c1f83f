using Spud.Training.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Spud.Training.Drafts;

/// <summary>
/// Blocks on a model's final hidden row, and the frozen rows of its output matrix: s_k = p + silu(W_k p + U_k e + b_k), logits O s_k. With tokens, p = s_(k-1) and e is the embedding of the token
/// before position k, divided by the root of its mean square; without, p is the model's row and there is no U.
/// </summary>
internal sealed class HeadModel : IDisposable
{
    private readonly Parameter[] _hidden, _token, _bias;
    private readonly Tensor _output, _embeddings;
    private readonly Dictionary<int, int> _placeOf;

    /// <param name="blocks">Number of blocks.</param>
    /// <param name="seesTokens">Whether they see tokens.</param>
    /// <param name="embedding">F32 [V, C]: tied embedding and output matrix.</param>
    /// <param name="width">C.</param>
    /// <param name="tokens">[N]: ids that can be proposed.</param>
    public HeadModel(int blocks, bool seesTokens, float[] embedding, int width, int[] tokens)
    {
        (Blocks, SeesTokens, Width, Tokens) = (blocks, seesTokens, width, tokens);
        _hidden = [.. Enumerable.Range(0, blocks).Select(_ => new Parameter(zeros(width, width)))];
        _token = [.. Enumerable.Range(0, seesTokens ? blocks : 0).Select(_ => new Parameter(zeros(width, width)))];
        _bias = [.. Enumerable.Range(0, blocks).Select(_ => new Parameter(zeros(width)))];
        _placeOf = tokens.Select(static (id, place) => (id, place)).ToDictionary(static pair => pair.id, static pair => pair.place);
        using IDisposable scope = NewDisposeScope();
        Tensor all = tensor(embedding, embedding.Length / width, width);
        _output = all.index_select(0, tensor(Array.ConvertAll(tokens, static id => (long)id))).to(ScalarType.BFloat16).MoveToOuterDisposeScope();
        _embeddings = (all / all.square().mean([1], keepdim: true).sqrt()).MoveToOuterDisposeScope();
    }

    /// <summary>Number of blocks.</summary>
    public int Blocks { get; }

    /// <summary>Whether blocks see the token before their position.</summary>
    public bool SeesTokens { get; }

    /// <summary>C.</summary>
    public int Width { get; }

    /// <summary>[N].</summary>
    public int[] Tokens { get; }

    /// <summary>All trained tensors.</summary>
    public IEnumerable<Parameter> Parameters => [.. _hidden, .. _token, .. _bias];

    /// <summary>A token's place among <see cref="Tokens"/>; -100, which the loss ignores, for others.</summary>
    public long PlaceOf(int? token) => token is { } id && _placeOf.TryGetValue(id, out int place) ? place : -100;

    /// <summary>Logits of each block for rows, given the true tokens before each position.</summary>
    /// <param name="rows">F32 [B, C].</param>
    /// <param name="tokenAt">[blocks] of I64 [B]: the token before each position.</param>
    /// <returns>[blocks] of F32 [B, N].</returns>
    public IEnumerable<Tensor> Forward(Tensor rows, Tensor[] tokenAt)
    {
        Tensor state = rows;
        for (int k = 0; k < Blocks; k++)
        {
            Tensor input = SeesTokens ? state : rows, sum = input.matmul(_hidden[k].t()) + _bias[k];
            if (SeesTokens)
                sum += _embeddings.index_select(0, tokenAt[k]).matmul(_token[k].t());
            state = input + nn.functional.silu(sum);
            yield return state.to(ScalarType.BFloat16).matmul(_output.t()).to(ScalarType.Float32);
        }
    }

    /// <summary>The trained tensors by name in the pack.</summary>
    public IEnumerable<(string Name, float[] Values)> Named()
    {
        for (int k = 0; k < Blocks; k++)
        {
            yield return ($"heads.{k + 1}.hidden", TensorMemory.Span<float>(_hidden[k]).ToArray());
            if (SeesTokens)
                yield return ($"heads.{k + 1}.token", TensorMemory.Span<float>(_token[k]).ToArray());
            yield return ($"heads.{k + 1}.bias", TensorMemory.Span<float>(_bias[k]).ToArray());
        }
    }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        foreach (Parameter parameter in Parameters)
            parameter.Dispose();
        _output.Dispose();
        _embeddings.Dispose();
    }
}
