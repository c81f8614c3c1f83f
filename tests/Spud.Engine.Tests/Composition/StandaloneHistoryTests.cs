using Spud.Composition;
using Spud.Configuration;
using Spud.Tests.Execution.Toy;
using Xunit;

namespace Spud.Tests.Composition;

public sealed class StandaloneHistoryTests
{
    [Fact]
    public void A_state_that_cannot_be_is_refused_with_the_policys_name()
    {
        using ToyPipeline toy = new(new ToySettings { Layers = 1, Experts = 1 });
        using OddState policy = new();
        CompositionException refusal = Assert.Throws<CompositionException>(() =>
            new StandaloneHistory(policy, "toy/odd", new Offer(), toy.Model, toy.Limits, toy.Domains.Host.Memory, static (_, _) => { }));
        Assert.StartsWith("cache 'toy/odd', layer 0: a state of 7 bytes", refusal.Message, StringComparison.Ordinal);
    }

    private sealed class OddState : ICachePolicy, IKeepsSequenceState
    {
        public CacheLayout Layout(int layer) => new() { Keys = ElementType.F32, Values = ElementType.F32, PageTokens = 4, TokensAtMost = 64 };

        public SequenceStateLayout? StateOf(int layer) => new() { Bytes = 7, RowBytes = 8, BorderTokens = 4 };

        public void Review(int layer, IHistory history) => throw new InvalidOperationException("no history was made");

        public void Advance(int layer, in TensorView notes, in TensorView state) => throw new InvalidOperationException("no history was made");

        public void Dispose()
        {
        }
    }
}
