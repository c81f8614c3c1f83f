using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Composition;

/// <summary>Texts whose keys and values do not fit the machine's memory.</summary>
public sealed class TextRoomTests
{
    private const int ContextTokens = 512;
    private const string ThisContext = "context=512";

    private static string Llama => TestData.Path("families/llama.gguf");

    [Fact]
    public void A_context_that_was_asked_for_is_refused_with_the_option_in_which_it_fits()
    {
        long bytes = BytesOfContext();
        CompositionException refused = Assert.Throws<CompositionException>(() => Compose(new(bytes * 6 / 10, bytes / 2), [], ThisContext).Dispose());
        Assert.IsType<InsufficientMemoryException>(refused.InnerException);
        Assert.StartsWith($"The keys and values of 512 tokens take {PageAdvice.Size(bytes)}, and {PageAdvice.Size(bytes * 6 / 10)} of memory is all that this machine has. With --set cache.format=f16 they take ", refused.Message, StringComparison.Ordinal);

        string none = Assert.Throws<CompositionException>(() => Compose(new(bytes / 32, bytes / 32), [], ThisContext).Dispose()).Message;
        Assert.EndsWith("No setting of the cache makes them fit; those of about 16 tokens do (--ctx).", none, StringComparison.Ordinal);
    }

    /// <summary>The model's own context was not asked for, and short texts fit: only a prompt that does not is refused.</summary>
    [Fact]
    public void A_context_that_was_not_asked_for_is_said_to_be_too_long_and_long_prompts_are_refused()
    {
        long bytes = BytesOfContext();
        List<string> lines = [];
        PipelineOptions options = Options(new(bytes / 2, bytes / 2), lines);
        using LanguageModel model = LanguageModel.Load(PipelineDocument.Load(null, [$"model={Llama}", "cache.format=f32"]), CpuPipeline.Plugins, options);
        Assert.Contains(lines, static line => line.StartsWith("The keys and values of 512 tokens take ", StringComparison.Ordinal));

        ContextOverflowException refused = Assert.Throws<ContextOverflowException>(() => model.Generate(new int[300], new(), TestContext.Current.CancellationToken));
        Assert.Equal((300, 256), (refused.Tokens, refused.ContextTokens));
        Assert.StartsWith("The keys and values of 300 tokens take ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(200, model.Generate(new int[200], new() { MaxTokens = 1 }, TestContext.Current.CancellationToken).PromptTokens);
    }

    [Fact]
    public void Memory_that_others_use_now_is_a_warning()
    {
        long bytes = BytesOfContext();
        List<string> lines = [];
        Compose(new(bytes * 2, bytes - 1), lines, ThisContext).Dispose();
        Assert.Contains(lines, static line => line.Contains("of memory is available now.", StringComparison.Ordinal));

        lines.Clear();
        Compose(new(bytes * 2, bytes), lines, ThisContext).Dispose();
        Assert.Empty(lines);
    }

    private static long BytesOfContext()
    {
        using CpuPipeline pipeline = Compose(new(long.MaxValue, long.MaxValue), [], ThisContext);
        Assert.Equal(ContextTokens, pipeline.Pipeline.Limits.ContextTokens);
        return pipeline.Pipeline.Parts.Pages.BytesOfOneText;
    }

    private static CpuPipeline Compose(MachineMemory memory, List<string> lines, params string[] edits) => new(Llama, Options(memory, lines), edits: edits);

    private static PipelineOptions Options(MachineMemory memory, List<string> lines) => new() { Threads = 1, Memory = memory, Log = lines.Add };
}
