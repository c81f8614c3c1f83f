using Spud.Composition;
using Spud.Configuration;
using Spud.Embeddings;
using Spud.Execution;
using Spud.Generation;
using Spud.Models;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Embeddings;

/// <summary>Texts as vectors: rows behind the final norm, pooled.</summary>
public sealed class EmbeddingTests
{
    private const string Text = "Once upon a time, there was a little girl who liked to read. She had a red ball.";
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Built("Reference") + "/..", TestData.Built("Wrapper"), TestData.Plugins]);
    private static readonly string[] s_reference = [.. Roles.All.Select(static role => $"{role}.use=reference/reference")];
    private static readonly string[] s_onDevice = ["head.use=reference/reference", "head.device=pretend", "attention.use=reference/reference", "cache.use=reference/reference", "experts.use=reference/reference"];
    private static readonly string[] s_cpu = ["head.activations=f32", "attention.activations=f32", "experts.activations=f32", "cache.format=f32"];

    [Theory]
    [InlineData(Pooling.Mean)]
    [InlineData(Pooling.Last)]
    public void The_built_in_head_gives_what_the_reference_gives_on_the_host_and_on_a_device(Pooling pooling)
    {
        float[] expected = Embed(pooling, 64, s_reference);
        Assert.Equal(1, Length(expected), 1e-6);
        AssertNear(expected, Embed(pooling, 64, s_cpu));
        AssertNear(expected, Embed(pooling, 5, s_cpu));
        AssertNear(expected, Embed(pooling, 64, s_onDevice));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_text_is_embedded_while_requests_are_read_and_the_vector_is_the_same(int sequences)
    {
        using LanguageModel model = LanguageModel.Load(
            PipelineDocument.Load(null, [$"model={TestData.Path("stories260K/stories260K-f32.gguf")}", .. s_cpu]), s_plugins, new PipelineOptions { Threads = 2, Rows = 64, Sequences = sequences });
        int[] ids = model.Encode(Text);
        float[] alone = model.Embed(ids, cancellation: TestContext.Current.CancellationToken).Values.ToArray();
        Request request = model.Generate(ids, new() { MaxTokens = 200, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = 0 } }, TestContext.Current.CancellationToken);
        Task<TextEmbedding>? together = null;
        await foreach (TextPiece piece in request)
            together ??= model.EmbedAsync(ids, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(200, request.GeneratedTokens);
        AssertNear(alone, (await together!).Values.ToArray());

        // Its sequence was given back.
        foreach (Sequence sequence in (Sequence[])[.. Enumerable.Range(0, sequences).Select(_ => model.Engine.Open())])
            sequence.Dispose();
    }

    [Fact]
    public async Task An_embedding_that_waits_ends_with_its_caller_and_with_its_model()
    {
        using CancellationTokenSource leave = new();
        LanguageModel model = Load(64, s_cpu);
        int[] ids = model.Encode(Text);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => model.EmbedAsync(ids, cancellation: leave.Token));
        Sequence taken = model.Engine.Open();
        Sequence[] all = [taken, .. OpenAll(model)];
        await Assert.ThrowsAsync<InvalidOperationException>(() => model.EmbedAsync(ids, cancellation: TestContext.Current.CancellationToken));
        foreach (Sequence sequence in all)
            sequence.Dispose();

        model.Dispose();
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => model.EmbedAsync(ids, cancellation: TestContext.Current.CancellationToken));
    }

    private static IEnumerable<Sequence> OpenAll(LanguageModel model)
    {
        for (int i = 1; i < model.Pipeline.Limits.Sequences; i++)
            yield return model.Engine.Open();
    }

    /// <summary>The logits of the last row are the output matrix times the last row: the embedding has their direction.</summary>
    [Fact]
    public void The_last_row_is_what_the_output_matrix_reads()
    {
        using LanguageModel model = Load(64, s_reference);
        int[] ids = model.Encode(Text);
        using Sequence sequence = model.Engine.Open();
        using Batch batch = model.Engine.NewBatch();
        for (ReadOnlySpan<int> rest = ids; !rest.IsEmpty;)
            rest = rest[model.Engine.Step(batch, sequence, rest, Phase.Prefill, LogitRows.Last)..];
        float[] logits = batch.Logits(0).ToArray();
        sequence.Dispose();

        ReadOnlySpan<float> embedding = model.Embed(ids, Pooling.Last, TestContext.Current.CancellationToken).Values.Span;
        (_, WeightCatalog weights) = Spud.Models.Families.ModelReader.Read(model.Pipeline.File);
        using MemoryAccount memory = new();
        HostDomain host = new();
        (int v, int c) = (model.Pipeline.Model.Vocabulary, model.Pipeline.Model.HiddenWidth);
        TensorView matrix = memory.Allocate(host, ElementType.F32, v, c);
        host.Copy(new ComponentWeights(weights, host).Take(model.Pipeline.Model.Has(Trait.TiedHead) ? "token_embd.weight" : "output.weight", v, c), matrix);
        double[] products = new double[v];
        for (int token = 0; token < v; token++)
        {
            ReadOnlySpan<float> row = matrix.At(token).AsSpan<float>();
            for (int i = 0; i < c; i++)
                products[token] += (double)row[i] * embedding[i];
        }

        double cosine = products.Zip(logits, static (a, b) => a * b).Sum() / Math.Sqrt(products.Sum(static a => a * a) * logits.Sum(static b => (double)b * b));
        Assert.InRange(cosine, 1 - 1e-6, 1 + 1e-6);
    }

    [Fact]
    public void What_a_text_took_is_counted_without_logits()
    {
        using LanguageModel model = Load(64, s_cpu);
        TextEmbedding embedding = model.Embed(Text, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(model.Encode(Text).Length, embedding.Tokens);
        Assert.Equal(embedding.Tokens, embedding.Ledger[Phase.Prefill].Tokens);
        Assert.Equal(0, embedding.Ledger[Phase.Prefill].LogitRows);
        Assert.True(embedding.Ledger.Flops > 0);
    }

    [Fact]
    public void What_cannot_be_embedded_is_refused()
    {
        using LanguageModel model = Load(64, s_cpu), wrapped = Load(64, """head={"use":"biased","inner":"cpu"}""");
        Assert.Throws<ArgumentException>(() => model.Embed(Array.Empty<int>(), cancellation: TestContext.Current.CancellationToken));
        Assert.Throws<ContextOverflowException>(() => model.Embed(new int[model.Pipeline.Limits.ContextTokens + 1], cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(
            "Head 'wrapper/biased' gives no rows behind the final norm (IFinalNorm), of which embeddings are made. Choose another head.",
            Assert.Throws<NotSupportedException>(() => wrapped.Embed(Text, cancellation: TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void A_pipeline_that_embeds_nothing_has_no_operation_for_it()
    {
        using LanguageModel model = Load(8, s_cpu), onDevice = Load(8, s_onDevice);
        Assert.Equal("logits", PipelineExplanation.Of(model.Pipeline).Steps[0].Groups[^1].Operations[^1].Name);
        Assert.Equal(["normalise"], [.. model.Pipeline.Parts.NormPlan.Operations.ToArray().Select(static operation => operation.Name)]);
        Assert.Equal(["normalise", "copy"], [.. onDevice.Pipeline.Parts.NormPlan.Operations.ToArray().Select(static operation => operation.Name)]);
    }

    private static float[] Embed(Pooling pooling, int rows, params string[] edits)
    {
        using LanguageModel model = Load(rows, edits);
        return model.Embed(Text, pooling).Values.ToArray();
    }

    private static double Length(float[] values) => Math.Sqrt(values.Sum(static value => (double)value * value));

    private static void AssertNear(float[] expected, float[] got) => Assert.InRange(expected.Zip(got, static (a, b) => Math.Abs(a - b)).Max(), 0, 2e-5f);

    private static LanguageModel Load(int rows, params string[] edits) => LanguageModel.Load(
        PipelineDocument.Load(null, [$"model={TestData.Path("stories260K/stories260K-f32.gguf")}", .. edits]), s_plugins, new PipelineOptions { Threads = 2, Rows = rows });
}
