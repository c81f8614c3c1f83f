using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;

namespace Spud.Host.Tests.Architecture;

/// <summary>The types that a type names: in signatures, fields, bases and method bodies.</summary>
internal static class TypeReferences
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly FrozenDictionary<short, OpCode> s_opCodes =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToFrozenDictionary(code => code.Value);

    /// <summary>Outermost types that a type names.</summary>
    public static IEnumerable<Type> Of(Type type) => Named(type).SelectMany(Flat).Select(Outermost).Distinct();

    /// <summary>The type that a file is named after.</summary>
    public static Type Outermost(Type type)
    {
        Type outer = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        while (outer.DeclaringType is { } declaring)
            outer = declaring;

        return outer;
    }

    private static IEnumerable<Type> Named(Type type)
    {
        IEnumerable<Type> own = [.. type.GetInterfaces(), .. type.BaseType is { } of ? [of] : Type.EmptyTypes, .. type.GetFields(Declared).Select(field => field.FieldType)];
        IEnumerable<MethodBase> methods = [.. type.GetMethods(Declared), .. type.GetConstructors(Declared)];
        return own.Concat(methods.SelectMany(Named)).Concat(type.GetNestedTypes(Declared).SelectMany(Named));
    }

    private static IEnumerable<Type> Named(MethodBase method)
    {
        IEnumerable<Type> signature = method.GetParameters().Select(parameter => parameter.ParameterType).Append(method is MethodInfo { ReturnType: var result } ? result : typeof(void));
        return method.GetMethodBody() is { } body
            ? signature.Concat(body.LocalVariables.Select(local => local.LocalType)).Concat(Tokens(method, body.GetILAsByteArray()!))
            : signature;
    }

    private static IEnumerable<Type> Tokens(MethodBase method, byte[] code)
    {
        Type[]? ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        Type[]? ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (int at = 0; at < code.Length;)
        {
            short value = code[at++];
            if (value == 0xFE)
                value = (short)(0xFE00 | code[at++]);

            OperandType operand = s_opCodes[value].OperandType;
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                MemberInfo member = method.Module.ResolveMember(BitConverter.ToInt32(code, at), ofType, ofMethod)!;
                yield return member as Type ?? member.DeclaringType!;
                if (member is MethodInfo { IsGenericMethod: true } generic)
                {
                    foreach (Type argument in generic.GetGenericArguments())
                        yield return argument;
                }
            }

            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }

    private static IEnumerable<Type> Flat(Type type) => type switch
    {
        { HasElementType: true } => Flat(type.GetElementType()!),
        { IsGenericParameter: true } => [],
        { IsGenericType: true } => type.GetGenericArguments().SelectMany(Flat).Append(type),
        _ => [type],
    };
}
