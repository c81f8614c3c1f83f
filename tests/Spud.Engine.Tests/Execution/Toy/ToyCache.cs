namespace Spud.Tests.Execution.Toy;

/// <summary>A policy whose layout and drops a test says.</summary>
internal sealed class ToyCache(int pageTokens, int tokensAtMost, ElementType format, CacheLayout? layout = null, int? reviewTokens = null) : ICachePolicy
{
    public Action<int, IHistory>? OnReview { get; set; }

    public CacheLayout Layout(int layer) => layout ?? new() { PageTokens = pageTokens, Keys = format, Values = format, TokensAtMost = tokensAtMost, ReviewTokens = reviewTokens };

    public void Review(int layer, IHistory history) => OnReview?.Invoke(layer, history);

    public void Dispose()
    {
    }
}
