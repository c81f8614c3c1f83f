using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Composition;
using Spud.Execution;
using Xunit;

namespace Backend.Torch.Tests.Pipelines;

[Collection(Alone.Name)]
public sealed class AllocationTests
{
    [Theory]
    [InlineData("llama", "cache.use=torch")]
    [InlineData("qwen3moe", "cache.use=plain")]
    [InlineData("gpt-oss", "cache.use=torch")]
    [InlineData("base-moe-q8_0", "cache.format=q8_0")]
    public void ADecodeStepAllocatesNothingManaged(string model, string cache)
    {
        Libtorch.Require();
        string folder = model.StartsWith("base", StringComparison.Ordinal) ? "quantised" : "families";
        string[] edits = cache == "cache.format=q8_0" ? ["cache.use=plain", cache] : [cache];
        using TorchPipeline pipeline = new(TestData.Path($"{folder}/{model}.gguf"), new PipelineOptions { Threads = 2 }, [.. TorchPipeline.All, .. edits]);
        using Sequence sequence = pipeline.Engine.Open();
        int[] token = [3];
        Run(pipeline, sequence, token, 40);

        // What the runtime allocates once in a thread's life may fall into one of the windows; what a step allocates falls into each.
        long least = long.MaxValue;
        for (int window = 0; window < 3; window++)
        {
            long before = GC.GetTotalAllocatedBytes(true);
            Run(pipeline, sequence, token, 16);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(true) - before);
        }

        Assert.Equal(0, least);
    }

    private static void Run(TorchPipeline pipeline, Sequence sequence, int[] token, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            pipeline.Batch.Clear();
            pipeline.Batch.Add(sequence, token, Phase.Decode, LogitRows.Last);
            pipeline.Engine.Run(pipeline.Batch);
        }
    }
}
