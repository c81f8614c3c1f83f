namespace Spud.Conversion;

/// <summary>What a model's weights become.</summary>
/// <param name="Type">Of matrices: one of <see cref="ModelConverter.Types"/>.</param>
/// <param name="HeadType">Of the embedding and the output matrix; null: <see cref="ElementType.Q6_K"/> where matrices get 4 bits, else as they.</param>
public sealed record ConversionOptions(ElementType Type, ElementType? HeadType = null);

/// <summary>What a conversion wrote.</summary>
/// <param name="SourceBytes">Of the tensors that were read.</param>
/// <param name="Bytes">Of the tensors that were written.</param>
/// <param name="Tensors">How many there are of each type.</param>
/// <param name="Substituted">Those whose rows are not whole blocks of the wanted type, with the type that they got.</param>
public sealed record ConversionSummary(long SourceBytes, long Bytes, IReadOnlyDictionary<ElementType, int> Tensors, IReadOnlyDictionary<string, ElementType> Substituted);
