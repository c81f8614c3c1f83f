using System.Reflection.Metadata;

namespace Spud.Plugins;

/// <summary>Compares an assembly's references to the contract with this host's contract.</summary>
internal static class ContractReferences
{
    /// <summary>Full names of the missing types and members, sorted.</summary>
    public static string[] Missing(MetadataReader reader, ContractIndex contract)
    {
        List<string> missing = [];
        foreach (TypeReferenceHandle handle in reader.TypeReferences)
        {
            if (IsOfContract(reader, handle) && SignatureText.NameOf(reader, handle) is { } name && !contract.HasType(name))
                missing.Add(name);
        }

        foreach (MemberReferenceHandle handle in reader.MemberReferences)
        {
            MemberReference member = reader.GetMemberReference(handle);
            if (Owner(reader, member.Parent) is not { } owner || !contract.HasType(owner))
                continue;
            string name = reader.GetString(member.Name);
            if (!contract.HasMember(owner, name, Signature(member)))
                missing.Add($"{owner}.{Readable(name, member)}");
        }

        return [.. missing.Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>The type of the contract to which a member belongs, or null.</summary>
    private static string? Owner(MetadataReader reader, EntityHandle parent)
    {
        if (parent.Kind == HandleKind.TypeSpecification)
            parent = GenericDefinition(reader, (TypeSpecificationHandle)parent);
        return parent.Kind == HandleKind.TypeReference && IsOfContract(reader, (TypeReferenceHandle)parent)
            ? SignatureText.NameOf(reader, (TypeReferenceHandle)parent)
            : null;
    }

    /// <summary>The generic type of a constructed one; nil for arrays and similar, whose members are .NET's.</summary>
    private static EntityHandle GenericDefinition(MetadataReader reader, TypeSpecificationHandle handle)
    {
        BlobReader blob = reader.GetBlobReader(reader.GetTypeSpecification(handle).Signature);
        if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
            return default;
        blob.ReadByte(); // class or value type
        return blob.ReadTypeHandle();
    }

    private static bool IsOfContract(MetadataReader reader, TypeReferenceHandle handle)
    {
        EntityHandle scope = reader.GetTypeReference(handle).ResolutionScope;
        while (scope.Kind == HandleKind.TypeReference)
            scope = reader.GetTypeReference((TypeReferenceHandle)scope).ResolutionScope;
        return scope.Kind == HandleKind.AssemblyReference
            && reader.StringComparer.Equals(reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name, PluginCode.ContractName);
    }

    private static string Signature(MemberReference member) => member.GetKind() == MemberReferenceKind.Field
        ? member.DecodeFieldSignature(SignatureText.Instance, null)
        : SignatureText.Method(member.DecodeMethodSignature(SignatureText.Instance, null));

    /// <summary>The member as written in C#: properties by name, methods with their parameters.</summary>
    private static string Readable(string name, MemberReference member)
    {
        if (member.GetKind() == MemberReferenceKind.Field)
            return name;
        return name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("set_", StringComparison.Ordinal)
            ? name[4..]
            : name + SignatureText.Parameters(member.DecodeMethodSignature(SignatureText.Instance, null));
    }
}
