namespace Spud.Embeddings;

/// <summary>How the rows of a text are pooled into one vector.</summary>
public enum Pooling
{
    /// <summary>The mean of all rows.</summary>
    Mean,

    /// <summary>The last row, which has seen the whole text.</summary>
    Last,
}
