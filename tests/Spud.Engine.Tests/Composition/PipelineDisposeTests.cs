using Spud.Configuration;
using Spud.Execution;
using Spud.Tests.Execution.Domains;
using Xunit;

namespace Spud.Tests.Composition;

public sealed class PipelineDisposeTests
{
    [Fact]
    public void A_component_whose_Dispose_throws_is_named_and_everything_else_is_freed()
    {
        (List<string> disposed, SilentPipeline silent) = Watched(Roles.Attention);
        ComponentException fault = Assert.Throws<ComponentException>(silent.Dispose);

        Assert.Equal("attention 'attention-plugin/silent' failed: its Dispose threw NotSupportedException: no Dispose today.", fault.Message);
        AssertFreed(silent, disposed);
        silent.Dispose();
    }

    [Fact]
    public void All_components_whose_Dispose_throws_are_named()
    {
        (List<string> disposed, SilentPipeline silent) = Watched(Roles.Head, Roles.Experts);
        AggregateException faults = Assert.Throws<AggregateException>(silent.Dispose);

        Assert.Equal([Roles.Head, Roles.Experts], faults.InnerExceptions.Select(fault => Assert.IsType<ComponentException>(fault).Role));
        AssertFreed(silent, disposed);
    }

    private static (List<string> Disposed, SilentPipeline Pipeline) Watched(params string[] faulty)
    {
        List<string> disposed = [];
        SilentPipeline silent = new(_ => null);
        foreach (PipelineComponent component in silent.Pipeline.Parts.Components)
        {
            component.Memory.Allocate(silent.Pipeline.Parts.Host, ElementType.F32, 16);
            silent.Silent(component.Role).OnDispose = () =>
            {
                disposed.Add(component.Role);
                if (faulty.Contains(component.Role))
                    throw new NotSupportedException("no Dispose today");
            };
        }

        return (disposed, silent);
    }

    private static void AssertFreed(SilentPipeline silent, List<string> disposed)
    {
        PipelineParts parts = silent.Pipeline.Parts;
        Assert.Equal(parts.Components.Select(component => component.Role), disposed);
        Assert.Equal(0, parts.Memory.Bytes);
        Assert.All(parts.Components, component => Assert.Equal(0, component.Memory.Bytes));
        NoJob job = default;
        Assert.Throws<ObjectDisposedException>(() => parts.Pool.Run(1, ref job));
    }

    private struct NoJob : IJob
    {
        public readonly void Run(int part, int worker)
        {
        }
    }
}
