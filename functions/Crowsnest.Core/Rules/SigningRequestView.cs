using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Crowsnest.Core.Rules;

/// <summary>What a certificate signing request asks for: the PKCS#10 inside is decoded.</summary>
/// <param name="CommonName">The user name that the certificate would stand for, or empty.</param>
/// <param name="Organizations">Its groups.</param>
internal sealed record SigningRequestView(string CommonName, IReadOnlyList<string> Organizations)
{
    private const int LargestRequest = 64 * 1024;
    private const string CommonNameId = "2.5.4.3";
    private const string OrganizationId = "2.5.4.10";

    private static readonly SigningRequestView None = new("", []);

    internal static SigningRequestView Of(EventView view)
    {
        string request = FieldScope.SigningRequest.Covers(view.Event)
            ? view.Request.Member("spec").Text("request") : "";
        if (request.Length is 0 or > LargestRequest)
        {
            return None;
        }

        try
        {
            string pem = Encoding.ASCII.GetString(Convert.FromBase64String(request));
            CertificateRequest decoded = CertificateRequest.LoadSigningRequestPem(
                pem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.SkipSignatureValidation);
            string commonName = "";
            List<string> organizations = [];
            foreach (X500RelativeDistinguishedName part in decoded.SubjectName.EnumerateRelativeDistinguishedNames())
            {
                if (part.HasMultipleElements)
                {
                    continue;
                }

                switch (part.GetSingleElementType().Value)
                {
                    case CommonNameId:
                        commonName = part.GetSingleElementValue() ?? "";
                        break;
                    case OrganizationId:
                        organizations.Add(part.GetSingleElementValue() ?? "");
                        break;
                }
            }

            return new SigningRequestView(commonName, organizations);
        }
        catch (Exception broken) when (broken is CryptographicException or FormatException or ArgumentException)
        {
            return None;
        }
    }
}
