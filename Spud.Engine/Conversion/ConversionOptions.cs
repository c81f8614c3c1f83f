namespace Spud.Conversion;

/// <summary>Target formats of a conversion.</summary>
/// <param name="Type">Type of matrices: one of <see cref="ModelConverter.Types"/>.</param>
/// <param name="HeadType">Type of the embedding and the output matrix; null for <see cref="ElementType.Q6_K"/> if matrices get 4 bits, else the type of matrices.</param>
public sealed record ConversionOptions(ElementType Type, ElementType? HeadType = null);

/// <summary>Summary of a conversion.</summary>
/// <param name="SourceBytes">Bytes of the tensors read.</param>
/// <param name="Bytes">Bytes of the tensors written.</param>
/// <param name="Tensors">Number of tensors of each type.</param>
/// <param name="Substituted">Tensors whose rows are not whole blocks of the target type, with the type used instead.</param>
public sealed record ConversionSummary(long SourceBytes, long Bytes, IReadOnlyDictionary<ElementType, int> Tensors, IReadOnlyDictionary<string, ElementType> Substituted);
