using Xunit;

namespace Spud.Tests.Execution.Domains;

/// <summary>Fills every role, computes nothing, and looks whether everything it is given lies where it works.</summary>
internal sealed class SilentComponent(IMemoryDomain domain) : IHead, IAttention, IRouter, IExperts
{
    public IMemoryDomain Domain => domain;

    public int MaxExpertsPerRow => 3;

    public Action? OnFinish { get; set; }

    public Action? OnDispose { get; set; }

    public void Embed(in Step step, in TensorView hidden) => Require(step, hidden);

    public void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits) => Require(step, hidden, logits);

    public void Project(int layer, in Step step, in TensorView input, in Heads heads) => Require(step, input, heads.Query, heads.Key, heads.Value);

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        Require(step, query, pages.Pool.Keys, pages.Pool.Values, state.Max, state.Sum, state.Accumulator);
        Assert.True(pages.Runs.Domain.IsHost && pages.RunOffsets.Domain.IsHost && pages.Pool.Positions.Domain.IsHost);
    }

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output)
    {
        Require(step, output, state.Sum);
        OnFinish?.Invoke();
    }

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        Require(step, hidden, plan.Offsets, plan.Experts, plan.Weights);
        if (domain.IsHost)
            plan.Offsets.AsSpan<int>().Clear();
    }

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output) =>
        Require(step, input, plan.Offsets, plan.Experts, plan.Weights, output);

    public void Dispose() => OnDispose?.Invoke();

    private void Require(in Step step, params ReadOnlySpan<TensorView> views)
    {
        Assert.Same(domain, step.TokenIds.Domain);
        Assert.Same(domain, step.Positions.Domain);
        Assert.Same(domain, step.SequenceOfRow.Domain);
        foreach (TensorView view in views)
            Assert.Same(domain, view.Domain);
    }
}
