// Notation's own libraries as a program: it signs as Notation does, and says whether Notation would accept what
// others signed. One JSON request on standard input, one JSON answer on standard output.
package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"time"

	"github.com/notaryproject/notation-core-go/signature"
	"github.com/notaryproject/notation-core-go/signature/cose"
	"github.com/notaryproject/notation-core-go/signature/jws"
	"github.com/notaryproject/notation-go"
	"github.com/notaryproject/notation-go/verifier"
	"github.com/notaryproject/notation-go/verifier/trustpolicy"
	"github.com/notaryproject/notation-go/verifier/truststore"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

const payloadType = "application/vnd.cncf.notary.payload.v1+json"

type request struct {
	Sign   []signRequest   `json:"sign"`
	Verify []verifyRequest `json:"verify"`
}

type answer struct {
	Signed   []signed `json:"signed"`
	Verified []string `json:"verified"`
}

type signRequest struct {
	MediaType string             `json:"mediaType"`
	Key       string             `json:"key"`
	Scheme    string             `json:"scheme"`
	Expires   bool               `json:"expires"`
	Plugin    string             `json:"plugin"`
	Target    ocispec.Descriptor `json:"target"`
}

type signed struct {
	Envelope []byte `json:"envelope"`
	Root     []byte `json:"root"`
}

type verifyRequest struct {
	MediaType string                   `json:"mediaType"`
	Envelope  []byte                   `json:"envelope"`
	Policy    trustpolicy.Document     `json:"policy"`
	Stores    map[string][]certificate `json:"stores"`
	Name      string                   `json:"name"`
	Target    ocispec.Descriptor       `json:"target"`
}

type certificate []byte

func main() {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fail(err)
	}
	made := answer{Signed: []signed{}, Verified: []string{}}
	for _, each := range asked.Sign {
		envelope, err := sign(each)
		if err != nil {
			fail(err)
		}
		made.Signed = append(made.Signed, envelope)
	}
	for _, each := range asked.Verify {
		made.Verified = append(made.Verified, verify(each))
	}
	if err := json.NewEncoder(os.Stdout).Encode(made); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func sign(asked signRequest) (signed, error) {
	key, err := makeKey(asked.Key)
	if err != nil {
		return signed{}, err
	}
	chain, err := makeChain(key)
	if err != nil {
		return signed{}, err
	}
	signer, err := signature.NewLocalSigner(chain, key)
	if err != nil {
		return signed{}, err
	}
	payload, err := json.Marshal(map[string]any{"targetArtifact": asked.Target})
	if err != nil {
		return signed{}, err
	}
	now := time.Now().Truncate(time.Second)
	wanted := &signature.SignRequest{
		Payload:       signature.Payload{ContentType: payloadType, Content: payload},
		Signer:        signer,
		SigningTime:   now,
		SigningScheme: signature.SigningScheme(asked.Scheme),
		SigningAgent:  "notation-peer/1",
	}
	if asked.Expires {
		wanted.Expiry = now.Add(time.Hour)
	}
	if asked.Plugin != "" {
		wanted.ExtendedSignedAttributes = []signature.Attribute{
			{Key: "io.cncf.notary.verificationPlugin", Critical: true, Value: asked.Plugin},
		}
	}
	envelope, err := newEnvelope(asked.MediaType)
	if err != nil {
		return signed{}, err
	}
	bytes, err := envelope.Sign(wanted)
	return signed{Envelope: bytes, Root: chain[len(chain)-1].Raw}, err
}

func newEnvelope(mediaType string) (signature.Envelope, error) {
	switch mediaType {
	case jws.MediaTypeEnvelope:
		return jws.NewEnvelope(), nil
	case cose.MediaTypeEnvelope:
		return cose.NewEnvelope(), nil
	}
	return nil, errors.New("no such envelope: " + mediaType)
}

func makeKey(kind string) (crypto.Signer, error) {
	switch kind {
	case "RSA-2048":
		return rsa.GenerateKey(rand.Reader, 2048)
	case "RSA-3072":
		return rsa.GenerateKey(rand.Reader, 3072)
	case "RSA-4096":
		return rsa.GenerateKey(rand.Reader, 4096)
	case "EC-256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "EC-384":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "EC-521":
		return ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	}
	return nil, errors.New("no such key: " + kind)
}

// makeChain certifies the key: leaf, intermediate, root.
func makeChain(key crypto.Signer) ([]*x509.Certificate, error) {
	rootKey, err := makeKey("EC-384")
	if err != nil {
		return nil, err
	}
	middleKey, err := makeKey("RSA-2048")
	if err != nil {
		return nil, err
	}
	authority := x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	root, err := certify("Peer Root", authority, nil, rootKey, rootKey)
	if err != nil {
		return nil, err
	}
	middle, err := certify("Peer Signing", authority, root, middleKey, rootKey)
	if err != nil {
		return nil, err
	}
	leaf, err := certify("Peer Release", x509.KeyUsageDigitalSignature, middle, key, middleKey)
	return []*x509.Certificate{leaf, middle, root}, err
}

func certify(name string, usage x509.KeyUsage, issuer *x509.Certificate, key, signer crypto.Signer) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject: pkix.Name{
			Country: []string{"US"}, Province: []string{"WA"}, Organization: []string{"Peer"}, CommonName: name,
		},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              usage,
		BasicConstraintsValid: true,
		IsCA:                  usage&x509.KeyUsageCertSign != 0,
	}
	if !template.IsCA {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
	}
	if issuer == nil {
		issuer = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// verify answers "verified", or why not.
func verify(asked verifyRequest) string {
	made, err := verifier.NewWithOptions(&asked.Policy, stores(asked.Stores), nil, verifier.VerifierOptions{})
	if err != nil {
		return err.Error()
	}
	_, err = made.Verify(context.Background(), asked.Target, asked.Envelope, notation.VerifierVerifyOptions{
		ArtifactReference:  asked.Name + "@" + asked.Target.Digest.String(),
		SignatureMediaType: asked.MediaType,
	})
	if err != nil {
		return err.Error()
	}
	return "verified"
}

// stores holds certificates by "kind:name".
type stores map[string][]certificate

func (s stores) GetCertificates(_ context.Context, kind truststore.Type, name string) ([]*x509.Certificate, error) {
	var found []*x509.Certificate
	for _, der := range s[string(kind)+":"+name] {
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		found = append(found, parsed)
	}
	return found, nil
}
